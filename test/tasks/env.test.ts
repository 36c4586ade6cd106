import fc from 'fast-check';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { parseEnvFile } from '../../plugins/docker/fields/parse-env-file.ts';
import { configOf, createRepo } from '../core/cli/run-main.ts';

const service = (exports: Readonly<Record<string, unknown>>) => ({
  run: { kind: 'container', image: 'x' },
  exports,
});

const repoOf = (services: Readonly<Record<string, unknown>>) =>
  createRepo({ 'devservices.config.json': JSON.stringify({ services }) });

test('exports as a shell takes them, also when nothing runs, and of the named services only', async () => {
  const repo = repoOf({
    db: {
      ...service({ DATABASE_URL: 'postgres://{address.sql}/app', QUOTE: "it's $HOME" }),
      ports: { sql: { container: 5432, host: 15432 } },
    },
    redis: service({ REDIS_URL: 'redis://here', PASSWORD: { $secret: { value: 'hunter2!' } } }),
  });
  const database = "export DATABASE_URL='postgres://127.0.0.1:15432/app'\n";
  const quote = "export QUOTE='it'\\''s $HOME'\n";
  const redis = "export REDIS_URL='redis://here'\nexport PASSWORD='hunter2!'\n";
  const run = (...argv: string[]) => repo.run('env', ...argv);
  expect(await run()).toMatchObject({ exitCode: 0, stdout: database + quote + redis, stderr: '' });
  expect((await run('--service', 'db')).stdout).toBe(database + quote);
  expect((await run('--service', 'db', '--service', 'redis')).stdout).toBe(
    database + quote + redis,
  );
  expect(JSON.parse((await run('--json', '--service', 'redis')).stdout)).toEqual({
    REDIS_URL: 'redis://here',
    PASSWORD: 'hunter2!',
  });
  expect((await run('--format', 'json')).stdout).toBe((await run('--json')).stdout);
  expect(repo.runner.calls).toEqual([]);
  const unknown = await run('--service', 'bd');
  expect(unknown).toMatchObject({ exitCode: 2, stdout: '' });
  expect(unknown.stderr).toContain('Did you mean "db"');
});

test('what no shell can have is left out and said; JSON has it', async () => {
  const repo = createRepo({
    'devservices.config.ts': configOf({
      services: { a: service({ 'with-dash': '1', '1st': '2', fine: '3', $x: '4' }) },
    }),
  });
  for (const format of ['shell', 'dotenv']) {
    const { stdout, stderr } = await repo.run('env', '--format', format);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stdout).toContain('fine=');
    expect(stderr).toMatch(/No shell can have .*with-dash/);
  }
  const json = await repo.run('env', '--format', 'json');
  expect(JSON.parse(json.stdout)).toEqual({ 'with-dash': '1', '1st': '2', fine: '3', $x: '4' });
  expect(json.stderr).toBe('');
});

// Templates are filled before: their braces are left out.
const value = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[{}\0]/g, ''));
const nasty = fc.oneof(
  value,
  fc.stringMatching(/^['"\\$`\n\r\t #=!a;&|]{0,12}$/),
  fc.constantFrom('', ' ', "'", '"', '\\', '$HOME', '`id`', 'a\nb', 'a\r\nb', '# no', 'a\'b"c\\'),
);
const record = fc
  .array(nasty, { minLength: 1, maxLength: 8 })
  .map((values) => Object.fromEntries(values.map((text, index) => [`NAME_${index}`, text])));

test('a .env file read back has the same values: for every reader, or for the one that is named', async () => {
  await fc.assert(
    fc.asyncProperty(record, async (variables) => {
      const repo = repoOf({ a: service(variables) });
      const { stdout, stderr } = await repo.run(...dotenv);
      const composes = namesIn(stderr, 'Compose');
      const nodes = namesIn(stderr, 'Node');
      const without = (names: readonly string[]) =>
        Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
      expect(parseEnv(stdout)).toMatchObject(without(composes));
      // One that Compose cannot read may end its reading: the others are read alone.
      const { stdout: alone } = await repoOf({ a: service(without(nodes)) }).run(...dotenv);
      expect(parseEnvFile(alone)).toEqual({ variables: without(nodes) });
      // Whatever one of them could not have otherwise, and nothing else.
      for (const name of composes) expect(variables[name]).toMatch(/\r|'[^]*`|`[^]*'/);
      for (const name of nodes) expect(variables[name]).toMatch(/'|\\$/);
    }),
    { seed: 7, numRuns: 40 },
  );
});

test('JSON has every value as it is, a zero byte too', async () => {
  await fc.assert(
    fc.asyncProperty(record, async (variables) => {
      const given = { ...variables, ZERO: 'a\0b' };
      const { stdout } = await repoOf({ a: service(given) }).run('env', '--format', 'json');
      expect(JSON.parse(stdout)).toEqual(given);
    }),
    { seed: 7, numRuns: 15 },
  );
});

test('a zero byte is in no variable: left out and said, never cut off', async () => {
  const repo = repoOf({ a: service({ ZERO: 'secret\0rest', FINE: '1' }) });
  for (const format of ['shell', 'dotenv']) {
    const { stdout, stderr } = await repo.run('env', '--format', format);
    expect(stdout).toMatch(/^(export )?FINE='?1'?\n$/);
    expect(stderr).toMatch(/No shell can have ZERO\./);
  }
});

const dotenv = ['env', '--format', 'dotenv'];

const namesIn = (stderr: string, reader: string): readonly string[] =>
  new RegExp(`differ on (.*): written as ${reader}`).exec(stderr)?.[1]?.split(', ') ?? [];

test('readers that know no escapes agree on what needs none', async () => {
  const variables = {
    URL: 'postgres://me:p%40ss@127.0.0.1:5432/app?x=1&y=2#z',
    EMPTY: '',
    SPACES: '  two  ',
    DOLLAR: '$HOME ${HOME}',
    LINES: 'one\ntwo\n',
    JSON: '[1,"two"]',
    APOSTROPHE: "it's",
    BACKSLASH: 'C:\\new',
  };
  const { stdout } = await repoOf({ a: service(variables) }).run('env', '--format', 'dotenv');
  expect(parseEnv(stdout)).toEqual(variables);
  expect(parseEnvFile(stdout)).toEqual({ variables });
});
