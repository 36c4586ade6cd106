import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { freePorts } from '../rig/free-ports.ts';
import { leftProcesses } from '../rig/left-processes.ts';
import { startOnTerminal, startTask } from '../rig/live-task.ts';

const run = '"$NODE" --import "$TSX" "$TASKS/run.ts"';
const server = `
  import { createServer } from 'node:net';
  createServer((socket) => socket.end('from a process\\n')).listen(process.env.PORT, '127.0.0.1');`;
const client = `
  import { connect } from 'node:net';
  import { text } from 'node:stream/consumers';
  const { API_PORT, QUOTED } = process.env;
  process.stdout.write(QUOTED + ' ' + (await text(connect(Number(API_PORT), '127.0.0.1'))));
  process.exitCode = 5;`;

describe('a command with the processes that it needs', async () => {
  const checkout = createCheckout(null);
  const [port] = await freePorts(1);
  const hostile = `'"\`$(touch ran)\n-é`;
  checkout.write({
    'server.mjs': server,
    'client.mjs': client,
    'devservices.config.json': JSON.stringify({
      services: {
        api: {
          run: { kind: 'process', command: 'node server.mjs' },
          ports: { tcp: port },
          exports: { API_PORT: '{port.tcp}', QUOTED: hostile },
        },
      },
    }),
  });
  const place = () => ({ cwd: checkout.root, env: checkout.env });
  const servers = () =>
    leftProcesses(checkout.stateHome).filter(({ command }) => command.endsWith('server.mjs'));
  const stubborn = `trap 'echo heard; exit 9' TERM INT; echo up; while :; do sleep 0.1; done`;
  afterEach(async () => void (await checkout.task('down')));
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('they come up first and stay; their exports are as they are; its status is the end', async () => {
    const ran = await checkout.task('run', ['--', process.execPath, 'client.mjs']);
    expect(ran).toMatchObject({ exitCode: 5, stdout: `${hostile} from a process\n` });
    expect(servers()).toHaveLength(1);
    const before = servers();
    const again = await checkout.task('run', ['--', process.execPath, 'client.mjs']);
    expect(again.exitCode).toBe(5);
    expect(servers()).toEqual(before);
    expect(checkout.list()).not.toContain('ran');
  });

  test('SIGTERM reaches the command, and none of them', async () => {
    const live = startTask('run', ['--', 'sh', '-c', stubborn], place());
    await live.said('up\n');
    const before = servers();
    live.kill('SIGTERM');
    expect(await live.ended).toMatchObject({ exitCode: 9, stdout: 'up\nheard\n' });
    expect(before).toHaveLength(1);
    expect(servers()).toEqual(before);
  });

  test('Ctrl-C on the terminal reaches the command, once, and none of them', async () => {
    const script = `${run} -- sh -c "$COMMAND"; echo "status $?"`;
    const { cwd, env } = place();
    const live = startOnTerminal(script, { cwd, env: { ...env, COMMAND: stubborn } });
    await live.said('up\r\n');
    const before = servers();
    live.write('\u0003');
    const { stdout } = await live.ended;
    expect(stdout).toContain('status 9');
    expect(stdout.match(/heard/g)).toHaveLength(1);
    expect(before).toHaveLength(1);
    expect(servers()).toEqual(before);
  });

  test('one that does not come up: the command is not run, and the status is 125', async () => {
    const text = readFileSync(join(checkout.root, 'devservices.config.json'), 'utf8');
    const failing = text.replace('node server.mjs', 'false');
    checkout.write({ 'devservices.config.json': failing });
    const ran = await checkout.task('run', ['--', 'touch', 'ran']);
    expect(ran.exitCode).toBe(125);
    expect(ran.stderr).toContain('exit code 1');
    expect(checkout.list()).not.toContain('ran');
  });
});
