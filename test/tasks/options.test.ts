import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { createRepo } from '../core/cli/run-main.ts';
import { listState } from './list-state.ts';

const config = `
  import { z } from 'devservices';
  import { store } from 'devservices/plugins/store';
  import { projectOptions } from 'devservices/plugins/project-options';
  export default { project: 'shop', plugins: [store(), projectOptions({ declare: [
    { key: 'mail.port', schema: z.int().min(1).max(65535), default: 1025 },
    { key: 'mail.from', schema: z.string() },
    { key: 'mail.tls', schema: z.boolean(), default: false, sensitivity: 'public' },
    { key: 'mail.servers', schema: z.array(z.string()), default: [] },
    { key: 'mail.level', schema: z.enum(['low', 'high']), default: 'low' },
    { key: 'mail.password', schema: z.string().min(8), sensitivity: 'secret' },
    { key: 'mail.key', schema: z.strictObject({ pin: z.int() }), sensitivity: 'secret' },
  ] })] };`;

function createOptionsRepo() {
  const repo = createRepo({ 'devservices.config.ts': config });
  return {
    repo,
    /** Exit status and all lines. */
    async tell(...argv: string[]): Promise<[number, ...string[]]> {
      const { exitCode, stdout, stderr } = await repo.run('options', ...argv);
      return [exitCode, ...`${stdout}${stderr}`.split('\n').filter(Boolean)];
    },
    async values(...argv: string[]) {
      const { stdout, stderr } = await repo.run('options', 'get', ...argv, '--json');
      expect(stderr).toBe('');
      return (JSON.parse(stdout) as { options: Record<string, Record<string, unknown>> }).options;
    },
  };
}

test('get, set and unset, as people read them', async () => {
  const { tell } = createOptionsRepo();
  expect(await tell('get', 'mail.port', 'mail.from')).toEqual([
    0,
    'mail.port  1025  default',
    'mail.from',
  ]);
  expect(await tell('set', 'mail.port', '25')).toEqual([0, 'mail.port of shop is set.']);
  expect(await tell('set', 'mail.port', '25')).toEqual([
    0,
    'mail.port of shop is as it was already.',
  ]);
  expect(await tell('get', 'mail.port')).toEqual([0, 'mail.port  25  stored']);
  expect(await tell('unset', 'mail.port')).toEqual([
    0,
    'mail.port of shop is not stored any more.',
  ]);
  expect(await tell('unset', 'mail.port')).toEqual([0, 'mail.port of shop is not stored.']);
  expect(await tell('unset', 'mail.prot')).toEqual([
    0,
    'mail.prot of shop is not stored.',
    '! Nobody declares mail.prot.',
  ]);
  expect(await tell('set', 'mail.from', 'a\u001b[31m\u202e')).toEqual([
    0,
    'mail.from of shop is set.',
  ]);
  expect(await tell('get', 'mail.from')).toEqual([0, 'mail.from  "a\\u001b[31m\ufffd"  stored']);
});

test('a value is a text where one is taken, else JSON', async () => {
  const { repo, values } = createOptionsRepo();
  for (const [key, text, value] of [
    ['mail.from', '25', '25'],
    ['mail.from', 'true', 'true'],
    ['mail.from', '{"a":1}', '{"a":1}'],
    ['mail.from', '', ''],
    ['mail.port', ' 25 ', 25],
    ['mail.tls', 'true', true],
    ['mail.servers', '["a","b"]', ['a', 'b']],
    ['mail.level', 'high', 'high'],
    ['mail.level', '"low"', 'low'],
  ] as const) {
    expect((await repo.run('options', 'set', key, text)).exitCode).toBe(0);
    expect((await values(key))[key]).toMatchObject({ isStored: true, stored: value });
  }
});

test.each([
  ['mail.port', 'abc', /a whole number from 1 to 65535/],
  ['mail.port', '70000', /a whole number from 1 to 65535.*<=65535/],
  ['mail.port', '-5', /a whole number from 1 to 65535/],
  ['mail.port', '', /a whole number/],
  ['mail.tls', 'yes', /true or false/],
  ['mail.servers', 'a,b', /a list/],
  ['mail.level', 'hihg', /one of "low", "high"/],
])('%s refuses %j with what it takes', async (key, text, expected) => {
  const { repo, values } = createOptionsRepo();
  const { exitCode, json } = await repo.run('options', 'set', '--json', '--', key, text);
  expect(exitCode).toBe(2);
  expect(json().at(-1)).toMatchObject({
    event: 'options-finished',
    errors: [{ code: 'DS_OPTION_INVALID', message: expect.stringMatching(expected) }],
  });
  expect((await values(key))[key]).toMatchObject({ isStored: false });
});

test('a misspelt key is named with what was meant', async () => {
  const { tell } = createOptionsRepo();
  for (const argv of [
    ['get', 'mail.prot'],
    ['set', 'mail.prot', '25'],
  ]) {
    const [exitCode, ...lines] = await tell(...argv);
    expect(exitCode).toBe(2);
    expect(lines.join('\n')).toMatch(/Did you mean "mail\.port"\?[^]*DS_OPTION_UNKNOWN/);
  }
});

test('a secret is shown to who asks for it, and stands nowhere else', async () => {
  const { repo, tell, values } = createOptionsRepo();
  const hidden = 'hunter2hunter2';
  const key = 'mail.password';
  expect(await tell('get', key)).toEqual([0, `${key}  (secret, not stored)`]);
  const piped = await repo.pipe(`${hidden}\n`, 'options', 'set', key, '-', '--json', '--verbose');
  expect(piped.exitCode).toBe(0);
  expect(piped.json().at(-1)).toMatchObject({
    event: 'options-finished',
    result: { change: 'changed', project: 'shop', key },
  });
  expect(piped.stdout + piped.stderr).not.toContain(hidden);
  expect(await tell('get', key)).toEqual([0, `${key}  (secret)  stored`]);
  expect((await values(key))[key]).toEqual({
    isStored: true,
    isRedacted: true,
    sensitivity: 'secret',
  });
  const { stdout } = await repo.run('options', 'get', key, '--show-secrets', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ options: { [key]: { effective: hidden } } });
  expect(await tell('get', '--show-secrets', key)).toEqual([0, `${key}  "${hidden}"  stored`]);
  const [, ...typed] = await tell('set', key, `${hidden}!`);
  expect(typed.join('\n')).toMatch(/history/);
  expect(typed.join('\n')).not.toContain(hidden);
  const files = listState(repo.root).filter((file) => readFileSync(file).includes(hidden));
  expect(files.filter((file) => !/store\.sqlite(-wal)?$/.test(file))).toEqual([]);
  expect(files).not.toEqual([]);
});

test.each([
  ['mail.password', 'hunter2'],
  ['mail.key', '{"pin":"hunter2"}'],
  ['mail.key', '{"hunter2":1,"pin":1}'],
  ['mail.key', '["hunter2'],
  ['mail.key', 'hunter2'],
])('a secret that %s refuses is in no message, event or file', async (key, text) => {
  const { repo } = createOptionsRepo();
  for (const run of [
    () => repo.run('options', 'set', key, text, '--verbose'),
    () => repo.run('options', 'set', key, text, '--verbose', '--json'),
    () => repo.pipe(text, 'options', 'set', key, '-', '--verbose', '--json'),
  ]) {
    const { exitCode, stdout, stderr } = await run();
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toContain('DS_OPTION_INVALID');
    expect(stdout + stderr).not.toContain('hunter2');
  }
  const files = listState(repo.root).filter((file) => readFileSync(file).includes('hunter2'));
  expect(files).toEqual([]);
});

test.each([
  ['hunter2', 'hunter2'],
  ['-hunter2'],
  ['--hunter2'],
  ['--hunter2=hunter2'],
  ['x', '--', 'hunter2'],
])('words that make no command line are not repeated: %s', async (...words) => {
  const { repo } = createOptionsRepo();
  for (const more of [[], ['--json']]) {
    const argv = ['options', ...more, 'set', 'mail.password', ...words];
    const { exitCode, stdout, stderr } = await repo.run(...argv);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).toMatch(/DS_ARGUMENT_/);
    expect(stdout + stderr).not.toContain('hunter2');
  }
  const misspelt = await repo.run('options', 'ste', 'mail.password', ...words);
  expect(misspelt.exitCode).toBe(2);
  expect(misspelt.stdout + misspelt.stderr).not.toContain('hunter2');
});

test('stdin: one line loses its end, several keep it, and what is no UTF-8 is refused', async () => {
  const { repo, values } = createOptionsRepo();
  const pipe = (input: string | Uint8Array, key = 'mail.from') =>
    repo.pipe(input, 'options', 'set', key, '-');
  for (const [input, value] of [
    ['one\n', 'one'],
    ['one\r\n', 'one'],
    ['one', 'one'],
    ['one\n\n', 'one\n\n'],
    ['one\ntwo\n', 'one\ntwo\n'],
    ['', ''],
    ['-\n', '-'],
    ['\ufeffx', '\ufeffx'],
    ['x'.repeat(1024 * 1024), 'x'.repeat(1024 * 1024)],
  ] as const) {
    expect(await pipe(input)).toMatchObject({ exitCode: 0 });
    expect((await values('mail.from'))['mail.from']?.['stored'] === value, input.slice(0, 9)).toBe(
      true,
    );
  }
  expect(await pipe('26\n', 'mail.port')).toMatchObject({ exitCode: 0 });
  const refused = await pipe(Uint8Array.of(0x61, 0xff));
  expect(refused).toMatchObject({ exitCode: 2 });
  expect(refused.stderr).toMatch(/no UTF-8/);
});

test('who set it is kept, and other projects are others', async () => {
  const { repo, values, tell } = createOptionsRepo();
  await tell('set', 'mail.port', '25');
  const [file = ''] = listState(repo.root).filter((path) => path.endsWith('store.sqlite'));
  expect(readFileSync(file).includes(`os:${userInfo().username}`)).toBe(true);
  expect((await values('mail.port', '--project', 'blog'))['mail.port']).toMatchObject({
    isStored: false,
  });
});

test('where the plugin is not configured, it is said what is', async () => {
  const repo = createRepo({ 'devservices.config.ts': 'export default {};' });
  const { exitCode, stderr } = await repo.run('options', 'get');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('DS_CONTRACT_MISSING');
});
