import { afterAll, describe, expect, test } from 'vitest';
import { startOnTerminal } from '../rig/live-task.ts';
import { createProcessCheckout, idle } from '../rig/process-checkout.ts';

describe('exec beside a process, on a terminal', () => {
  const checkout = createProcessCheckout();
  afterAll(async () => {
    await checkout.task('down');
    await checkout[Symbol.asyncDispose]();
  });

  test('the command has the terminal as it is: its size, its lines, and its Ctrl-C', async () => {
    checkout.configure({ api: { run: idle } });
    await checkout.task('up');
    checkout.write({
      'ask.cjs': `
        process.on('SIGINT', () => console.log('caught'));
        process.stdin.on('data', (line) => { console.log('got ' + String(line).trim()); process.exit(5); });
        console.log('ready ' + process.stdin.isTTY + ' ' + process.stdout.columns);`,
    });
    const run = `"$NODE" --import "$TSX" "$TASKS/exec.ts" api -- "$NODE" ask.cjs; echo "status $?"`;
    const live = startOnTerminal(run, { cwd: checkout.root, env: checkout.env });
    await live.said('ready true 101');
    live.write('\u0003');
    await live.said('caught');
    live.write('hello\r');
    const { stdout } = await live.ended;
    expect(stdout).toContain('got hello');
    expect(stdout).toContain('status 5');
    expect(stdout.split('caught')).toHaveLength(2);
    expect(Object.keys(checkout.pids())).toEqual(['api']);
  });
});
