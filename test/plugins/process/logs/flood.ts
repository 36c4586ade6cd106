import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { systemClock } from 'devservices/machine';
import { waitStopped } from '../../../../plugins/process/logs/wait-stopped.ts';
import { openServiceLog } from '../../../../plugins/process/supervisor/service-log.ts';

/** Bytes of a numbered line, with its newline. */
export const lineBytes = 100;

/** What the process that looked after a flooded log says when that has ended. */
export interface FloodReport {
  /** How much its resident memory grew at its highest. */
  grownBytes: number;
  trouble: string[];
}

const [, file, role, path = '', lines = ''] = process.argv;
if (file === fileURLToPath(import.meta.url)) {
  if (role === 'write') write(Number(lines));
  if (role === 'look-after') await lookAfter(path, lines);
}

/** Numbered lines to standard output, as fast as it takes them. */
function write(count: number): void {
  const atOnce = 640;
  for (let from = 0; from < count; from += atOnce) {
    let block = '';
    for (let line = from; line < Math.min(count, from + atOnce); line += 1) {
      block += `${String(line).padStart(lineBytes - 1, '.')}\n`;
    }
    writeSync(1, block);
  }
}

/** Starts the writer in a group of its own, and looks after its log as a supervisor does. */
async function lookAfter(log: string, count: string): Promise<void> {
  const trouble: string[] = [];
  const output = openSync(log, 'a', 0o600);
  const resetPeak = () => writeFileSync('/proc/self/clear_refs', '5');
  const store = openServiceLog(log, {
    clock: systemClock,
    async pause() {
      process.kill(-group, 'SIGSTOP');
      if (!(await waitStopped([group], systemClock))) trouble.push('it did not stop');
    },
    resume: () => void process.kill(-group, 'SIGCONT'),
    onTrouble: (text) => void trouble.push(text),
  });
  resetPeak();
  const before = process.memoryUsage.rss();
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), 'write', '-', count],
    { detached: true, stdio: ['ignore', output, output] },
  );
  const group = child.pid as number;
  closeSync(output);
  const onEnd = () => process.kill(-group, 'SIGKILL');
  process.once('SIGTERM', onEnd);
  await new Promise((resolve) => child.once('exit', resolve));
  store.close();
  const report: FloodReport = { grownBytes: peak() - before, trouble };
  process.stdout.write(JSON.stringify(report));
}

function peak(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1]) * 1024;
}
