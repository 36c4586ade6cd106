import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { configure, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();
const hideCursor = '\u001B[?25l';
const showCursor = '\u001B[?25h';

describe.skipIf(engine === null)('Ctrl-C on a terminal', () => {
  if (!engine) return;

  test('the terminal is as it was, its cursor shown', async () => {
    await using checkout = createCheckout(engine);
    configure(checkout, {
      db: { run: sleeper(engine.images.tools), ready: { kind: 'command', command: ['false'] } },
    });
    const up = join(import.meta.dirname, '../../tasks/up.ts');
    const tsx = import.meta.resolve('tsx');
    // What the shell does not run itself, the terminal's Ctrl-C reaches as well.
    const session = `trap : INT; stty -a > ../before; '${process.execPath}' --import '${tsx}' '${up}'; echo "status $?"; stty -a > ../after`;
    const keys = join(checkout.outside, 'keys');
    execFileSync('mkfifo', [keys]);
    const keyboard = openSync(keys, 'r+');
    let all = '';
    let isPressed = false;
    const { stdout } = await checkout
      .run(['sh', '-c', 'script -qefc "$0" /dev/null < "$1"', session, keys], {
        env: { TERM: 'xterm-256color' },
        onOutput(text) {
          all += text;
          // Drawn, and awaited by then.
          if (isPressed || !all.includes('false exited with 1')) return;
          isPressed = true;
          writeSync(keyboard, '\u0003');
        },
      })
      .finally(() => closeSync(keyboard));
    const read = (name: string) =>
      execFileSync('cat', [join(checkout.outside, name)], { encoding: 'utf8' });
    expect(stdout).toContain('status 130');
    expect(stdout).toContain(hideCursor);
    expect(stdout.lastIndexOf(showCursor)).toBeGreaterThan(stdout.lastIndexOf(hideCursor));
    expect(read('after')).toBe(read('before'));
  });
});
