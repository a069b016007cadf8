'use strict';

// Kills what a test run has started when that run ends in any way: its end of the pipe closes even after SIGKILL.
// Usage: node guard.cjs FOLDER, with lines `+PID` and `-PID` as programs start and end.

const { rmSync } = require('node:fs');
const { createInterface } = require('node:readline');

const running = new Set();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => (line[0] === '+' ? running.add(line.slice(1)) : running.delete(line.slice(1))));
lines.on('close', () => {
  for (const pid of running) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended already.
    }
  }
  rmSync(process.argv[2], { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
});
