import { operatorTests } from './suites/operators';

operatorTests('1.32');
