import { drift } from './drift';
import { passesItsTests } from './project';

// A file of its own: the slowest, which mostly waits.
passesItsTests(drift, 'tests/test_kafka.py');
