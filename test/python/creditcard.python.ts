import { checked } from './project';

checked({ folder: 'examples/creditcard', tool: 'creditcardDev' });
