import { applyTests } from './suites/apply';

applyTests('1.32');
