import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { startOnTerminal, startTask, taskVariables } from '../rig/live-task.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('a command inside a service that runs', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const exec = (...args: string[]) => checkout.task('exec', args);
  const inTools = (...command: string[]) => exec('tools', '--', ...command);
  const shell = (script: string) =>
    checkout.run(['bash', '-c', script], { env: { ...taskVariables, EXEC: execWords } });
  const execWords = `${taskVariables.NODE} --import ${taskVariables.TSX} ${taskVariables.TASKS}/exec.ts`;
  const live = (...command: string[]) => startTask('exec', ['tools', '--', ...command], place());
  const running = async (name: string) =>
    (await inTools('sh', '-c', `grep -lsx ${name} /proc/[0-9]*/comm; true`)).stdout;
  const place = () => ({ cwd: checkout.root, env: checkout.env });

  beforeAll(async () => {
    const idle = { kind: 'container', image: engine.images.tools, command: ['sleep', '1000'] };
    checkout.write({
      'devservices.config.json': JSON.stringify({
        services: {
          tools: { run: { ...idle, init: true } },
          stopped: { run: idle, autoStart: false },
        },
      }),
    });
    const { exitCode, stderr } = await checkout.task('up');
    if (exitCode !== 0) throw new Error(stderr);
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('its status and both its streams come through, and nothing of ours', async () => {
    const ran = await inTools('sh', '-c', 'echo out; echo err >&2; exit 3');
    expect(ran).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(await inTools('true')).toMatchObject({ exitCode: 0, stdout: '', stderr: '' });
    // What a command says itself is not taken for what the engine says of it.
    const claims = await inTools('sh', '-c', 'no-such-command; echo not found; exit 127');
    expect(claims).toMatchObject({ exitCode: 127, stdout: 'not found\n' });
    expect(claims.stderr).toContain('no-such-command: not found');
    expect(await inTools('sh', '-c', 'exit 126')).toMatchObject({ exitCode: 126, stderr: '' });
  });

  test('127 for a command that is not there, 126 for one that cannot be run, 125 for the rest', async () => {
    const missing = await inTools('no-such-command');
    expect(missing).toMatchObject({ exitCode: 127, stdout: '' });
    expect(missing.stderr).toContain('There is no command "no-such-command" inside tools.');
    const locked = await inTools('/etc/passwd');
    expect(locked).toMatchObject({ exitCode: 126, stdout: '' });
    expect(locked.stderr).toContain('permission denied');
    for (const [args, said] of [
      [['--workdir', '/nowhere', 'tools', '--', 'ls'], '/nowhere'],
      [['--user', 'nobody-here', 'tools', '--', 'ls'], 'unable to find user'],
      [['stopped', '--', 'ls'], 'devservices up stopped'],
      [['tolos', '--', 'ls'], 'Did you mean "tools"?'],
      [['tools', 'ls', '-l'], 'devservices exec tools -- ls -l'],
    ] as const) {
      const { exitCode, stdout, stderr } = await exec(...args);
      expect({ args, exitCode, stdout }).toEqual({ args, exitCode: 125, stdout: '' });
      expect(stderr).toContain(said);
    }
  });

  test('user, folder and variables are those asked for', async () => {
    const options = '--user nobody --workdir /usr/lib --env A=1'.split(' ');
    const script = 'id -un; pwd; echo "$A|$B"';
    const ran = await exec(...options, '--env', 'B=x=$y z', 'tools', '--', 'sh', '-c', script);
    expect(ran).toMatchObject({ exitCode: 0, stdout: 'nobody\n/usr/lib\n1|x=$y z\n' });
  });

  test('stdin is passed, and its end ends what reads it', async () => {
    expect(await shell('echo x | $EXEC tools -- cat')).toMatchObject({
      exitCode: 0,
      stdout: 'x\n',
    });
    expect((await shell('$EXEC tools -- cat < /dev/null')).stdout).toBe('');
  });

  test('any bytes, and many, come through both ways', async () => {
    const many = await shell(
      'set -o pipefail; $EXEC tools -- head -c 52428800 /dev/zero | sha256sum',
    );
    const zeros = createHash('sha256').update(Buffer.alloc(52_428_800)).digest('hex');
    expect(many).toMatchObject({ exitCode: 0, stdout: `${zeros}  -\n` });
    const round = await shell(
      `set -o pipefail; head -c 5000000 /dev/urandom > bytes; $EXEC tools -- cat < bytes | cmp - bytes && echo same`,
    );
    expect(round).toMatchObject({ exitCode: 0, stdout: 'same\n' });
  });

  test('a command that leaves stdin unread loses no output', async () => {
    const unread = await shell(
      'yes | $EXEC tools -- head -c 3000000 /dev/zero | wc -c; echo "${PIPESTATUS[1]}"',
    );
    expect(unread.stdout).toBe('3000000\n0\n');
  });

  test('a command whose output nobody reads any more ends', async () => {
    const gone = await shell('$EXEC tools -- yes | head -1; echo "${PIPESTATUS[0]}"');
    expect(gone.stdout).toBe('y\n141\n');
    expect(await running('yes')).toBe('');
  });

  test('a status is awaited also from a command that closes its output before', async () => {
    const waiting = live('sh', '-c', 'mkfifo /tmp/go; exec >&- 2>&-; read x < /tmp/go; exit 5');
    await inTools('sh', '-c', 'until [ -p /tmp/go ]; do :; done; echo x > /tmp/go');
    expect((await waiting.ended).exitCode).toBe(5);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s goes to the command', async (signal) => {
    const name = signal.slice(3);
    const waiting = live('sh', '-c', `trap 'echo got; exit 9' ${name}; echo go; cat; cat`);
    await waiting.said('go');
    waiting.kill(signal);
    expect(await waiting.ended).toMatchObject({ exitCode: 9, stdout: 'go\ngot\n' });
  });

  test('the second signal ends a command that is deaf to the first', async () => {
    const waiting = live('sh', '-c', `trap 'echo deaf' TERM; echo go; while :; do cat; done`);
    await waiting.said('go');
    waiting.kill('SIGTERM');
    await waiting.said('deaf');
    waiting.kill('SIGTERM');
    expect((await waiting.ended).exitCode).toBe(137);
    expect(await running('cat')).toBe('');
  });

  test('a command of another user hears signals too', async () => {
    const script = "trap 'exit 9' TERM; echo go; cat; cat";
    const args = ['--user', 'nobody', 'tools', '--', 'sh', '-c', script];
    const waiting = startTask('exec', args, place());
    await waiting.said('go');
    waiting.kill('SIGTERM');
    expect((await waiting.ended).exitCode).toBe(9);
  });

  test('on a terminal it has one of its own, as large, whose keys are its own', async () => {
    const sized = 'until s=$(stty size) && [ "$s" != "0 0" ]; do :; done; echo "size $s"';
    const script = `tty; ${sized}; trap 'echo got; exit 9' INT; echo go; while :; do read x; done`;
    const terminal = startOnTerminal(
      `${execWords} tools -- sh -c '${script.replaceAll("'", `'\\''`)}'; echo "status $?"; stty -a`,
      place(),
    );
    await terminal.said('go');
    terminal.write('\u0003');
    const { stdout } = await terminal.ended;
    expect(stdout).toContain('/dev/pts/');
    expect(stdout).toContain('size 33 101');
    expect(stdout).toMatch(/got\r\nstatus 9\r\n/);
    // The caller's terminal is as it was.
    expect(stdout).toMatch(/[^-]icanon/);
    expect(stdout).toMatch(/[^-]echo /);
    expect(stdout).toMatch(/[^-]opost/);
  });

  test('--no-tty gives it none, and so does a pipe', async () => {
    const without = startOnTerminal(
      `${execWords} --no-tty tools -- tty; echo "status $?"`,
      place(),
    );
    expect((await without.ended).stdout).toMatch(/not a tty\r\nstatus 1\r\n/);
    const piped = startOnTerminal(
      `${execWords} tools -- sh -c 'test -t 1' | cat; echo over`,
      place(),
    );
    expect((await piped.ended).stdout).toContain('over');
  });

  test('it works by labels where the configuration is broken meanwhile', async () => {
    checkout.write({ 'devservices.local.json': '{ "services": 7 }' });
    const { exitCode, stdout, stderr } = await inTools('echo', 'here');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'here\n' });
    expect(stderr).toContain('the configuration is broken');
  });
});
