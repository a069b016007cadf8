import { checked } from './project';

checked({ folder: 'pipelines', tool: 'prefect' });
