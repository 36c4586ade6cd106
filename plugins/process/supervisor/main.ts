import { writeSync } from 'node:fs';
import { reasonOf, systemClock } from 'devservices/machine';
import { runSupervisor } from './run-supervisor.ts';
import type { SupervisorOptions } from './supervisor-options.ts';

const [, , text = '{}'] = process.argv;

// Nobody else would see to the processes: what went wrong in one place is said, and the rest goes on.
process.on('uncaughtException', (error) => say(error.stack ?? reasonOf(error)));

try {
  await runSupervisor(JSON.parse(text) as SupervisorOptions, { clock: systemClock, say });
  process.exit(0);
} catch (error) {
  say(reasonOf(error));
  process.exit(1);
}

function say(line: string): void {
  try {
    writeSync(2, `${new Date().toISOString()} ${line}\n`);
  } catch {
    // A full disk takes no log, and is no reason to end.
  }
}
