import { isSound, passesItsTests, type Project } from './project';

const project: Project = { folder: 'examples/creditcard', tool: 'creditcardDev' };

isSound(project);
passesItsTests(project);
