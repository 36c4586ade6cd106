import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { createShell, type ShellContext } from '../../core/command.ts';
import { taskErrors } from '../../core/errors/catalogue/task.ts';
import { identifyProcess } from '../../core/identity/process-identity.ts';
import { createFakeClock } from '../../core/testing/fake-clock.ts';
import { thrownBy } from '../rig/kernel.ts';
import { createTempFolder } from '../rig/state/temp-folder.ts';

const shell = (context: Partial<ShellContext> = {}) =>
  createShell({
    allowed: 'all',
    who: 'The task t',
    cwd: '/',
    env: async () => ({ DATABASE_URL: 'postgres://localhost/app' }),
    signal: new AbortController().signal,
    ...context,
  });

test('a command has the exports, the folder, and values that are never pasted', async () => {
  const cwd = createTempFolder();
  const $ = shell({ cwd });
  const value = 'a; echo "$HOME" `id` \'';
  const said = await $`echo $DATABASE_URL; pwd; printf %s ${value}`;
  expect(said.stdout.split('\n')).toEqual(['postgres://localhost/app', cwd, value, ''].slice(0, 3));
});

test('any value reaches a command as it is', async () => {
  const $ = shell();
  const texts = fc.string({ maxLength: 20 }).filter((text) => !text.includes('\0'));
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 4 }), async (values) => {
      const { stdout } = await $`printf '%s\\0' ${values}`;
      expect(stdout.split('\0').slice(0, -1)).toEqual(values.map((text) => text.toWellFormed()));
    }),
    { seed: 41, numRuns: 15 },
  );
});

test('exports are asked for at each command, and win over what the process has', async () => {
  let url = 'first';
  const $ = shell({ env: async () => ({ HOME: url }) });
  expect(await $`printf %s "$HOME"`.text()).toBe('first');
  url = 'second';
  expect(await $`printf %s "$HOME"`.text()).toBe('second');
  expect(await $({ env: { HOME: 'given' } })`printf %s "$HOME"`.text()).toBe('given');
});

test('a command may go without the exports, which then nobody asks for', async () => {
  const $ = shell({ allowed: ['printenv'], env: () => Promise.reject(new Error('asked for')) });
  const { exitCode } = await $({ exports: false, nothrow: true })`printenv DATABASE_URL`;
  expect(exitCode).toBe(1);
  // Not PATH: a bash that takes its caller for a daemon has its user's start file change it.
  expect(await $({ exports: false })`printenv HOME`.text()).toBe(`${process.env['HOME']}\n`);
});

test('a signal of its own ends a command with its group, and no other', async () => {
  const own = new AbortController();
  const $ = shell();
  const other = $`cat`;
  const running = $({ signal: own.signal, nothrow: true })`sleep 60 & echo $!; wait`;
  let child = 0;
  for await (const line of running) {
    child = Number(line);
    own.abort(new Error('too slow'));
  }
  expect((await running).signal).toBe('SIGTERM');
  await vi.waitFor(() => expect(identifyProcess(child)).toBeUndefined(), { timeout: 10_000 });
  expect((await thrownBy($({ signal: own.signal })`cat`))['cause']).toBe(own.signal.reason);
  other.stdin.end('still here');
  expect(await other.text()).toBe('still here');
});

test('zx’s ways to read, pipe and forgive work before the environment is known', async () => {
  const $ = shell();
  expect(await $`echo hi`.pipe($`tr a-z A-Z`).text()).toContain('HI');
  expect(await $`echo hi`.pipe`tr a-z A-Z`.text()).toContain('HI');
  const lines: string[] = [];
  for await (const line of $`printf 'a\nb\n'`) lines.push(line);
  expect(lines).toEqual(['a', 'b']);
  expect((await $({ nothrow: true })`exit 7`).exitCode).toBe(7);
  expect((await $`exit 7`.nothrow()).exitCode).toBe(7);
});

test('who ends without reading its input has ended as it says', async () => {
  const $ = shell({ allowed: ['false'] });
  const input = 'x'.repeat(1_000_000);
  expect(await $({ input, nothrow: true })`false`).toMatchObject({ exitCode: 1 });
});

test('what stops the exports from being known stops the command, unstarted', async () => {
  const reason = new Error('no exports');
  const $ = shell({ env: () => Promise.reject(reason) });
  const thrown = await thrownBy($`echo never`);
  expect(thrown['cause']).toBe(reason);
});

test('an interruption reaches the whole group, by the same signal, and SIGKILL who will not end', async () => {
  const interruption = new AbortController();
  const clock = createFakeClock();
  const $ = shell({ signal: interruption.signal, clock });
  const said: string[] = [];
  // The child ignores SIGINT; the shell tells of it and goes on waiting.
  const running = $`trap 'echo interrupted' INT; (trap '' INT; echo $BASHPID; sleep 60) & while true; do wait || true; done`;
  const reading = (async () => {
    for await (const line of running) {
      said.push(line);
      if (line === 'interrupted') await clock.advance(10_000);
      else interruption.abort(taskErrors.create('DS_TASK_INTERRUPTED', { signal: 'SIGINT' }));
    }
  })();
  const thrown = await thrownBy(reading);
  expect(said[1]).toBe('interrupted');
  expect(thrown['signal']).toBe('SIGKILL');
  await vi.waitFor(() => expect(identifyProcess(Number(said[0]))).toBeUndefined(), {
    timeout: 10_000,
  });
});

test('an interrupted task starts no further command', async () => {
  const interruption = new AbortController();
  const $ = shell({ signal: interruption.signal });
  interruption.abort(new Error('stopped'));
  expect((await thrownBy($`echo never`))['cause']).toBe(interruption.signal.reason);
});

test('whoever gives a command the terminal says so first', async () => {
  const told: string[] = [];
  const $ = shell({ onTerminal: () => void told.push('terminal') });
  await $`true`;
  expect(told).toEqual([]);
  await $({ stdio: ['ignore', 'inherit', 'inherit'] })`true`;
  expect(told).toEqual(['terminal']);
});

test('a declared command runs, with any value', async () => {
  const $ = shell({ allowed: ['printf', 'cat'] });
  expect(await $`printf %s ${'a;b $(c)'}`.text()).toBe('a;b $(c)');
  expect(await $`printf hello`.pipe`cat`.text()).toContain('hello');
  expect((await $({ nothrow: true })`cat ${'/nowhere'}`).exitCode).toBe(1);
  const complaint = await $({ nothrow: true })`cat ${'/nowhere'}`.pipe.stderr`cat`;
  expect(complaint.stdout).toContain('/nowhere');
});

test('nothing else runs: other commands, values as commands, shell syntax, options and pipes', () => {
  const $ = shell({ allowed: ['echo'], who: 'The task seed' });
  const other = 'rm';
  const attempts: Record<string, () => unknown> = {
    'the command rm': () => $`rm -rf x`,
    'the command /bin/echo': () => $`/bin/echo x`,
    'the command A=1': () => $`A=1 echo x`,
    'a command whose name is a value': () => $`${other} x`,
    'the command echo': () => $`echo${other}`,
    'the option shell': () => $({ shell: '/bin/evil' }),
    'the option env': () => $({ env: { BASH_ENV: 'x' } }),
    'the option prefix': () => $({ prefix: 'rm x;' }),
    'the command touch': () => $`echo x`.pipe`touch y`,
    'the command tee': () => $`echo x`.pipe.stderr`tee y`,
    'through a pipe': () => $`echo x`.pipe('/tmp/never'),
    'the file /tmp/never through a pipe': () => $`echo x`.pipe.stdall('/tmp/never'),
    ...Object.fromEntries(
      [';', '&', '|', '>', '<', '`', '$', '(', '{', '*', '\n', '"', "'", '\\', '#', '~', '!'].map(
        (sign) => {
          const text = `echo x ${sign} y`;
          const pieces = Object.assign([text], { raw: [text] });
          return [`shell syntax around the command echo (\`${text}`, () => $(pieces)];
        },
      ),
    ),
  };
  for (const [asked, attempt] of Object.entries(attempts)) {
    let thrown: unknown;
    try {
      attempt();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'DS_PERMISSION_DENIED', blame: 'plugin' });
    expect((thrown as Error).message).toContain(asked);
    expect((thrown as Error).message).toContain('The task seed');
    expect((thrown as Error).message).toContain('run: echo');
  }
});

test('without any declared command there is none', () => {
  const $ = shell({ allowed: [] });
  expect(() => $`true`).toThrow('declares no commands');
});
