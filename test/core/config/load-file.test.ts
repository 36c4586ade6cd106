import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRepo, errorOf } from './config-repo.ts';

describe('files that cannot be loaded', () => {
  const failing = async (name: string, text: string, more: Record<string, string> = {}) => {
    const repo = createRepo({ [name]: text, ...more });
    const before = readdirSync(repo.root).toSorted();
    const error = await errorOf(() => repo.load({ configFile: name }));
    expect(readdirSync(repo.root).toSorted()).toEqual(before);
    expect(error.blame).toBe('user');
    expect(error.hint).not.toBe('');
    return { error, file: repo.path(name), repo };
  };

  it.each([
    ['x.ts', 'export default {\n  a: 1,\n  b: [1,,}\n', 3, 10],
    ['x.ts', 'const a: number = = 1;', 1, 19],
    ['x.js', 'export default {\n\n  @@ }', 3, 3],
    ['x.json', '{\n  "a": 1,\n  "b" 2 }', 3, 7],
    ['x.json', '{\n  "a": tru }', 2, 11],
    ['x.json', '{ "a": 1', 1, 9],
    ['x.json', 'nonsense', 1, 2],
    ['x.yaml', 'a: 1\nb: [1, 2\nc: 3\n', 3, 1],
    ['x.yaml', 'a: 1\na: 2\n', 2, 1],
    ['x.yml', 'a: *nothing\n', 1, 4],
  ])('%s %j is malformed at %i:%i', async (name, text, line, column) => {
    const { error, file } = await failing(name, text);
    expect(error.code).toBe('DS_CONFIG_MALFORMED');
    expect(error.message).toContain(`${file}:${line}`);
    expect(error.facts).toMatchObject({ file, line, column });
    expect(String(error.facts['text'])).not.toBe('');
  });

  it('names the imported file that is malformed', async () => {
    const { error, repo } = await failing('x.ts', "export { default } from './lib.ts';", {
      'lib.ts': 'export default {\n  a: ; }',
    });
    expect(error).toMatchObject({
      code: 'DS_CONFIG_MALFORMED',
      facts: { file: repo.path('lib.ts'), line: 2 },
    });
  });

  it('says where it threw, with the cause', async () => {
    const { error, file } = await failing('x.ts', "\nthrow new TypeError('broken on purpose');\n");
    expect(error).toMatchObject({ code: 'DS_CONFIG_THREW', facts: { file, line: 2 } });
    expect(error.message).toContain('broken on purpose');
    expect(error.cause).toBeInstanceOf(TypeError);
  });

  it('does not take a configuration that throws ENOENT for none', async () => {
    const { error, file } = await failing(
      'devservices.config.ts',
      "import { readFileSync } from 'node:fs';\nexport default {\n  a: readFileSync('/nowhere/at/all'),\n};",
    );
    expect(error).toMatchObject({ code: 'DS_CONFIG_THREW', facts: { file, line: 3 } });
    expect(error.message).toContain('ENOENT');
    expect(error.cause).toMatchObject({ code: 'ENOENT' });
  });

  it.each(['undefined', 'null', "'text'", '{ code: 1 }'])(
    'survives a throw of %s',
    async (thrown) => {
      const { error } = await failing('x.js', `throw ${thrown};`);
      expect(error.code).toBe('DS_CONFIG_THREW');
    },
  );

  it.each([
    ["import './lost.ts';", './lost.ts'],
    ["import 'package-that-is-not-there';", 'package-that-is-not-there'],
  ])('names what %j lacks', async (text, specifier) => {
    const { error, file } = await failing('x.ts', `// one\n${text}\nexport default {};`);
    expect(error).toMatchObject({
      code: 'DS_CONFIG_IMPORT_MISSING',
      facts: { specifier, file, line: 2 },
    });
  });

  it.each([
    ['x.ts', 'export const config = {};', 'DS_CONFIG_NO_DEFAULT'],
    ['x.ts', '', 'DS_CONFIG_NO_DEFAULT'],
    ['x.json', ' ', 'DS_CONFIG_NO_DEFAULT'],
    ['x.toml', 'a = 1', 'DS_CONFIG_TYPE_UNKNOWN'],
    ['noextension', 'a: 1', 'DS_CONFIG_TYPE_UNKNOWN'],
  ])('%s %j is %s', async (name, text, code) => {
    expect((await failing(name, text)).error.code).toBe(code);
  });

  it('takes an empty YAML file for an empty configuration', async () => {
    const repo = createRepo({ 'devservices.config.yaml': '' });
    expect((await repo.merge()).merged).toEqual({
      project: 'shop',
      hookTimeout: '60s',
      telemetry: true,
    });
    expect(existsSync(repo.request().cacheFolder)).toBe(false);
  });

  it('ends on YAML that refers to itself, or grows without end', async () => {
    const ring = createRepo({ 'devservices.config.yaml': 'services: &a\n  x: *a\n' });
    expect((await ring.merge()).origins.defects).toHaveLength(1);
    const bomb = ['a: &a [1,1,1,1,1,1,1,1,1]'];
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef']) {
      bomb.push(`${to}: &${to} [${Array.from({ length: 9 }, () => `*${from}`).join(',')}]`);
    }
    const { error } = await failing('bomb.yaml', bomb.join('\n'));
    expect(error.code).toBe('DS_CONFIG_MALFORMED');
  });

  it('reads a file that was changed since it was read', async () => {
    const repo = createRepo({ 'devservices.config.ts': "export default { project: 'one' };" });
    expect((await repo.merge()).merged).toMatchObject({ project: 'one' });
    repo.write('devservices.config.ts', "export default { project: 'two' };");
    expect((await repo.merge()).merged).toMatchObject({ project: 'two' });
    repo.write('devservices.config.ts', 'export default {');
    expect(await errorOf(() => repo.merge())).toMatchObject({ code: 'DS_CONFIG_MALFORMED' });
    repo.write('devservices.config.ts', "export default { project: 'one' };");
    expect((await repo.merge()).merged).toMatchObject({ project: 'one' });
  });
});
