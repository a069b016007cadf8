import { isSound, passesItsTests, type Project } from './project';

const project: Project = { folder: 'pipelines', tool: 'prefect' };

isSound(project);
passesItsTests(project);
