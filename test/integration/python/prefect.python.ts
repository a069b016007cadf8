import { isSound, passesItsTests, type Project } from './project';

const project: Project = { folder: 'programs/prefect', tool: 'prefect' };

isSound(project);
passesItsTests(project);
