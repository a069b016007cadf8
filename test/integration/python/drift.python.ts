import { drift } from './drift';
import { isSound, passesItsTests } from './project';

isSound(drift);
passesItsTests(drift, '--ignore=tests/test_kafka.py');
