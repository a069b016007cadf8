import { run } from './cli/synth';

void run(process.argv.slice(2));
