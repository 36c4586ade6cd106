import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { freePorts } from '../rig/free-ports.ts';
import { leftProcesses } from '../rig/left-processes.ts';
import { startOnTerminal, startTask } from '../rig/live-task.ts';

const attach = '"$NODE" --import "$TSX" "$TASKS/attach.ts"';
/** A program that says what becomes of it, and what it hears. */
const program = `
  import { spawn } from 'node:child_process';
  import { createInterface } from 'node:readline';
  const [, , what, ...words] = process.argv;
  const { stdin, stdout } = process;
  console.log('tty', stdin.isTTY === true, stdout.isTTY === true, stdout.columns ?? '-');
  let signals = 0;
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => {
      signals += 1;
      console.log(name, signals);
      // Whatever else comes has come by then.
      setTimeout(() => process.exit(40 + signals), 200);
    });
  }
  if (what === 'exit') process.exit(Number(words[0]));
  if (what === 'die') process.kill(process.pid, 'SIGKILL');
  if (what === 'grandchild') {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
    console.log('grandchild', child.pid);
    child.unref();
  }
  createInterface({ input: stdin }).on('line', (line) => console.log('heard', line));
  setInterval(() => {}, 1000);
  console.log('up');`;

describe('attach of a process', async () => {
  const checkout = createCheckout(null);
  const [http] = await freePorts(1);
  const place = () => ({ cwd: checkout.root, env: checkout.env });
  const serve = (command: string | readonly string[], more: object = {}) => ({
    run: { kind: 'process', command, ...more },
  });
  const configure = (services: object) =>
    checkout.write({
      'program.mjs': program,
      'devservices.config.json': JSON.stringify({ services }),
    });
  const api = (...words: string[]) => ({ api: serve(['node', 'program.mjs', ...words]) });
  const stateOf = async (service: string) => {
    const { stdout } = await checkout.task('status', ['--json']);
    const { services } = JSON.parse(stdout) as { services: Record<string, { state: string }> };
    return services[service]?.state;
  };
  const living = () => leftProcesses(checkout.stateHome).map(({ pid }) => pid);
  afterEach(async () => void (await checkout.task('down')));
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('on a terminal it has the terminal: what is typed is its own, Ctrl-C reaches it once', async () => {
    configure(api('run'));
    const live = startOnTerminal(`${attach} api; echo "status $?"`, place());
    await live.said('up\r\n');
    live.write('hello\n');
    await live.said('heard hello');
    expect(await stateOf('api')).toMatch(/running|ready/);
    live.write('\u0003');
    const { stdout } = await live.ended;
    expect(stdout).toContain('tty true true 101');
    expect(stdout).toContain('SIGINT 1');
    expect(stdout).not.toContain('SIGINT 2');
    expect(stdout).toContain('status 41');
    expect(await stateOf('api')).toBe('stopped');
  });

  test.each([
    [['exit', '0'], 0],
    [['exit', '7'], 7],
    [['die'], 137],
  ])('%s ends with %i', async (words, status) => {
    configure(api(...words));
    expect(await checkout.task('attach', ['api'])).toMatchObject({ exitCode: status });
    expect(await stateOf('api')).toBe('stopped');
  });

  test('SIGTERM is its own, once; what it started goes with it', async () => {
    configure(api('grandchild'));
    const live = startTask('attach', ['api'], place());
    await live.said('up\n');
    live.kill('SIGTERM');
    const { exitCode, stdout } = await live.ended;
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 41 });
    expect(stdout).toContain('SIGTERM 1');
    const pid = Number(/grandchild (\d+)/.exec(stdout)?.[1]);
    expect(pid).toBeGreaterThan(0);
    expect(living()).not.toContain(pid);
  });

  test('what it needs comes first and stays; it has its address and its own port', async () => {
    configure({
      store: {
        ...serve(['node', '-e', 'setInterval(() => {}, 1000)']),
        exports: { STORE_URL: 'store://here' },
      },
      api: {
        ...serve(['sh', '-c', 'echo "$STORE_URL $PORT"; exit 3']),
        ports: { http },
        ready: { kind: 'none' },
        dependsOn: ['store'],
      },
    });
    const ran = await checkout.task('attach', ['api']);
    expect(ran).toMatchObject({ exitCode: 3, stdout: `store://here ${http}\n` });
    expect(await stateOf('store')).toBe('ready');
    expect(await stateOf('api')).toBe('stopped');
  });

  test('`up` elsewhere leaves it, `down` elsewhere ends it and all that it started, and no more', async () => {
    configure(api('grandchild'));
    const live = startOnTerminal(`${attach} api; echo "status $?"`, place());
    await live.said('up\r\n');
    const { finished } = await checkout.task('up', ['--json']);
    expect(finished.services['api']).toMatchObject({ action: 'unchanged', state: 'ready' });
    expect(await checkout.task('down')).toMatchObject({ exitCode: 0 });
    const { stdout } = await live.ended;
    // The shell that started it goes on.
    expect(stdout).toContain('status 41');
    const pid = Number(/grandchild (\d+)/.exec(stdout)?.[1]);
    expect(pid).toBeGreaterThan(0);
    expect(living()).not.toContain(pid);
    expect(await stateOf('api')).toBe('stopped');
  });

  test('one that runs already is only followed, and how to have its terminal is said', async () => {
    configure(api('run'));
    await checkout.task('up');
    const live = startTask('attach', ['api'], place());
    await live.said('`devservices down api`');
    live.kill('SIGTERM');
    const { exitCode, stderr } = await live.ended;
    expect(exitCode).toBe(143);
    expect(stderr).toContain('api keeps running.');
    expect(await stateOf('api')).toBe('ready');
  });

  test('a program that is not there is 127, one that is none is 126', async () => {
    configure({ api: serve(['no-such-program']) });
    const missing = await checkout.task('attach', ['api']);
    expect(missing).toMatchObject({ exitCode: 127 });
    expect(missing.stderr).toContain('no-such-program');
    configure({ api: serve(['./program.mjs']) });
    expect(await checkout.task('attach', ['api'])).toMatchObject({ exitCode: 126 });
    expect(await stateOf('api')).toBe('stopped');
  });
});
