import { expect, test } from 'vitest';
import { asProcess } from '../../../../plugins/process/record/resolved-process.ts';
import { normaliseProcess } from '../../../../plugins/process/runner/normalise.ts';
import { createPrograms } from '../../../../plugins/process/runner/programs.ts';
import type { NormaliseContext, ProcessRun } from '../../../../core/runner.ts';

const context: NormaliseContext = {
  service: 'api',
  runKey: 'local',
  project: { project: 'shop', checkout: '3f2a9c81d07b' },
  root: '/repo',
  environment: { A: '1' },
  ports: [
    { name: 'http', container: 3000, host: 4100, protocol: 'tcp' },
    { name: 'admin', container: 3001, host: 4101, protocol: 'tcp' },
  ],
};
const programs = createPrograms({ cacheFolder: '/nowhere' });
const normalise = async (run: Partial<ProcessRun>, more: Partial<NormaliseContext> = {}) =>
  asProcess(
    await normaliseProcess(
      { programs, stateHome: '/state' },
      { kind: 'process', ...run },
      { ...context, ...more },
    ),
  );

test('every default is explicit, and nothing but JSON is left', async () => {
  const run = await normalise({ command: 'node server.js' });
  expect(run).toEqual({
    kind: 'process',
    command: ['node', 'server.js'],
    cwd: '/repo',
    environment: { A: '1' },
    restart: 'no',
    maxRestarts: 5,
    backoff: { initial: 200, factor: 2, max: 10_000, resetAfter: 10_000 },
    stopSignal: 'SIGTERM',
    stopGracePeriod: 10_000,
    watch: [],
  });
  expect(JSON.parse(JSON.stringify(run))).toEqual(run);
});

test('two ways to write the same are the same', async () => {
  const written = await normalise({
    command: `node "a file.js" '' x\\ y`,
    stopSignal: 'INT',
    stopGracePeriod: '1m30s',
    backoff: { initial: '1s' },
    cwd: './apps/../apps/api',
  });
  const listed = await normalise({
    command: ['node', 'a file.js', '', 'x y'],
    stopSignal: 'SIGINT',
    stopGracePeriod: 90_000,
    backoff: { initial: 1000, factor: 2 },
    cwd: '/repo/apps/api',
  });
  expect(written).toEqual(listed);
});

test('its own addresses are filled in, each as a part of its word; other braces stay', async () => {
  const { command, cwd } = await normalise({
    command: `serve --at {address.http} --host={host} -p {port.admin} '{"a": {b}}'`,
    cwd: 'on-{port.http}',
  });
  expect(command).toEqual([
    'serve',
    '--at',
    '127.0.0.1:4100',
    '--host=127.0.0.1',
    '-p',
    '4101',
    '{"a": {b}}',
  ]);
  expect(cwd).toBe('/repo/on-4100');
});

test('a port that it does not have is named', async () => {
  await expect(normalise({ command: 'serve {port.smtp}' })).rejects.toMatchObject({
    code: 'DS_PORT_UNKNOWN',
    message: expect.stringContaining('smtp') as string,
  });
});

test.each([
  [true, '/bin/sh'],
  ['/bin/bash', '/bin/bash'],
])('shell: %s lets that shell read the text', async (shell, program) => {
  const { command } = await normalise({ command: 'serve | tee {port.http}.log', shell });
  expect(command).toEqual([program, '-c', 'serve | tee 4100.log']);
});

test.each<[string, Partial<ProcessRun>, string]>([
  ['an open quote', { command: `node "a` }, 'quote'],
  ['nothing', {}, 'names no program'],
  ['a list for a shell', { command: ['a'], shell: true }, 'one text'],
  ['a grace that is no duration', { command: 'a', stopGracePeriod: 'soon' }, 'soon'],
])('%s is refused', async (_, run, text) => {
  await expect(normalise(run)).rejects.toMatchObject({
    code: 'DS_PROCESS_FIELD_INVALID',
    message: expect.stringContaining(text) as string,
  });
});

test('a program that is no module, or a module that is no program, is named', async () => {
  for (const [module, reason] of [
    ['no-such-package', 'no-such-package'],
    ['devservices/machine', 'no program'],
  ] as const) {
    const root = import.meta.dirname;
    await expect(normalise({ program: { module } }, { root })).rejects.toMatchObject({
      code: 'DS_PROCESS_PROGRAM_MISSING',
      message: expect.stringContaining(reason) as string,
    });
    const run = { kind: 'process', program: { module } };
    const found = await programs.canRun(
      run,
      { service: 'api', root },
      new AbortController().signal,
    );
    expect(found).toMatchObject({
      available: false,
      error: { code: 'DS_PROCESS_PROGRAM_MISSING' },
    });
  }
});

test('a command can be run wherever processes can', async () => {
  const found = await programs.canRun(
    { kind: 'process', command: 'no-such-program' } as ProcessRun,
    { service: 'api', root: '/repo' },
    new AbortController().signal,
  );
  expect(found).toEqual({ available: true });
});
