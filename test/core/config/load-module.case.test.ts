import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasTypeScriptLoader } from '../../../core/config/has-typescript-loader.ts';
import { createRepo } from './config-repo.ts';
import { buildLibrary, dropLibrary, project, runPlainly } from './plain-node.ts';

beforeAll(buildLibrary);
afterAll(dropLibrary);

describe('loadModule without a loader for TypeScript', () => {
  it('transforms once, keeps it privately, and needs esbuild again only for a change', async () => {
    const repo = createRepo({
      'x.ts': "import { image } from './lib.js';\nexport default { image } satisfies object;",
      'lib.ts': "import './types';\nexport const image: string = 'one';",
      'types.ts': 'export interface Unused { a: number }',
    });
    const result = await runPlainly(
      repo,
      `
      const first = await seen('x.ts');
      const files = kept();
      const times = files.map((file) => statSync(request.cacheFolder + '/modules/' + file).mtimeMs);
      const again = await seen('x.ts');
      const unchanged = kept().every((file, index) => file === files[index] &&
        statSync(request.cacheFolder + '/modules/' + file).mtimeMs === times[index]);
      writeFileSync('lib.ts', "export const image: string = 'two';");
      const changed = await seen('x.ts');
      say({ first, again, unchanged, changed, files, after: kept(), beside: readdirSync('.'), ...loaded() });`,
    );
    expect(result).toMatchObject({
      first: { image: 'one' },
      again: { image: 'one' },
      unchanged: true,
      changed: { image: 'two' },
      esbuild: true,
    });
    const next = "say({ next: await seen('x.ts'), ...loaded() });";
    expect(await runPlainly(repo, next)).toEqual({ next: { image: 'two' }, esbuild: false });
    // One manifest, one module, one map; what no longer holds is gone.
    expect(result['files']).toHaveLength(3);
    expect(result['after']).toHaveLength(3);
    expect(result['beside']).toEqual(['.git', 'lib.ts', 'types.ts', 'x.ts']);
    const folder = join(repo.request().cacheFolder, 'modules');
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o600]));
  });

  it('gives the running library, packages from where they are imported, and the own place', async () => {
    const repo = createRepo({
      'x.ts': `
        import { createRequire } from 'node:module';
        import { container, defineConfig } from 'devservices';
        import { extra } from 'devservices/extra';
        import { own, other } from './sub/lib.ts';
        import data from './data.json';
        export default { container, defineConfig, extra, own, other, data,
          url: import.meta.url, folder: import.meta.dirname, file: __filename,
          required: createRequire(import.meta.url)('./data.json') };`,
      'data.json': '{"a":1}',
      'sub/lib.ts': `
        import other from 'other';
        export const own: string = import.meta.dirname + import.meta.filename;
        export { other };`,
      'sub/node_modules/other/package.json': '{"type":"module","exports":{"import":"./index.js"}}',
      'sub/node_modules/other/index.js': "export default 'nearest';",
      'node_modules/other/package.json': '{"type":"module","exports":{"import":"./index.js"}}',
      'node_modules/other/index.js': "export default 'farther';",
      'node_modules/devservices/package.json': '{"exports":"./index.js"}',
      'node_modules/devservices/index.js': "throw new Error('a second copy');",
    });
    const result = await runPlainly(
      repo,
      `
      const { container, defineConfig, extra, ...rest } = await seen('x.ts');
      say({ ...rest, same: [container === library.container, defineConfig === library.defineConfig,
        extra === library.container] });`,
    );
    expect(result).toEqual({
      same: [true, true, true],
      other: 'nearest',
      own: repo.path('sub') + repo.path('sub/lib.ts'),
      data: { a: 1 },
      required: { a: 1 },
      url: pathToFileURL(repo.path('x.ts')).href,
      folder: repo.root,
      file: repo.path('x.ts'),
    });
  });

  it('takes CommonJS, enums, linked TypeScript packages and a first line for the shell', async () => {
    const repo = createRepo({
      'common.js':
        "const { join } = require('node:path');\nmodule.exports = { a: join('x', 'y'), b: __dirname };",
      'enum.ts':
        '#!/usr/bin/env node\nenum E { A = 5 }\nexport default { e: E.A, u: import.meta.url };',
      'linked.ts': "import { value } from 'linked';\nexport default { value };",
      'packages/linked/package.json': '{"name":"linked","exports":"./index.ts"}',
      'packages/linked/index.ts': "export const value: string = 'linked';",
    });
    const result = await runPlainly(
      repo,
      `
      const { mkdirSync, symlinkSync } = await import('node:fs');
      mkdirSync('node_modules');
      symlinkSync('../packages/linked', 'node_modules/linked');
      say({ common: await seen('common.js'), enum: await seen('enum.ts'), linked: await seen('linked.ts') });`,
    );
    expect(result).toEqual({
      common: { a: 'x/y', b: repo.root },
      enum: { e: 5, u: pathToFileURL(repo.path('enum.ts')).href },
      linked: { value: 'linked' },
    });
  });

  it('says what is wrong where it stands in the source', async () => {
    const repo = createRepo({
      'throws.ts': '\n\ninterface A { b: string }\n\nthrow new Error("broken on purpose");',
      'deep.ts': "import './lib.ts';\nexport default {};",
      'lib.ts': 'type Gone = string;\n\n\n(undefined as unknown as { x: () => void }).x();',
      'enoent.ts':
        "import { readFileSync } from 'node:fs';\n\nexport default readFileSync('/nowhere/at/all');",
      'broken.ts': 'export default {\n  a: ; }',
      'missing.ts': "export default {};\nimport 'not-installed';",
      'unexported.ts':
        "import { nothing } from 'devservices/nothing';\nexport default { nothing };",
    });
    const result = await runPlainly(
      repo,
      `
      const all = {};
      for (const file of ['throws', 'deep', 'enoent', 'broken', 'missing', 'unexported']) {
        all[file] = await seen(file + '.ts');
      }
      all.again = await seen('throws.ts');
      say(all);`,
    );
    const file = (name: string): string => repo.path(`${name}.ts`);
    const threw = { code: 'DS_CONFIG_THREW', facts: { file: file('throws'), line: 5, column: 7 } };
    expect(result).toMatchObject({
      throws: threw,
      again: threw,
      deep: { code: 'DS_CONFIG_THREW', facts: { at: { file: file('lib'), line: 4 } } },
      enoent: { code: 'DS_CONFIG_THREW', facts: { file: file('enoent'), line: 3 } },
      broken: { code: 'DS_CONFIG_MALFORMED', facts: { file: file('broken'), line: 2, column: 6 } },
      missing: { code: 'DS_CONFIG_IMPORT_MISSING', facts: { specifier: 'not-installed', line: 2 } },
      unexported: { code: 'DS_CONFIG_IMPORT_MISSING', facts: { specifier: 'devservices/nothing' } },
    });
    expect(JSON.stringify(result)).not.toContain('modules/');
  });

  it('makes anew what was lost or damaged, and works where nothing can be kept', async () => {
    const repo = createRepo({
      'x.ts': "import { v } from 'moving';\nexport default { v: v as string };",
      'node_modules/moving/package.json': '{"type":"module","exports":"./a.js"}',
      'node_modules/moving/a.js': "export const v = 'a';",
    });
    const once = "say({ value: await seen('x.ts') });";
    expect(await runPlainly(repo, once)).toEqual({ value: { v: 'a' } });

    // A package that moved: the file that the transform names is gone.
    repo.write('node_modules/moving/package.json', '{"type":"module","exports":"./b.js"}');
    repo.write('node_modules/moving/b.js', "export const v = 'b';");
    rmSync(repo.path('node_modules/moving/a.js'));
    const later = `
      const moved = await seen('x.ts');
      const manifest = request.cacheFolder + '/modules/' + kept().find((name) => name.endsWith('.json'));
      const whole = readFileSync(manifest, 'utf8');
      writeFileSync(manifest, whole.slice(0, 40));
      const damaged = await seen('x.ts');
      const mended = readFileSync(manifest, 'utf8') === whole;
      rmSync(request.cacheFolder, { recursive: true });
      writeFileSync(request.cacheFolder, 'a file where the folder should be');
      const unkept = await seen('x.ts');
      say({ moved, damaged, mended, unkept, left: readdirSync(process.env.TMPDIR) });`;
    const b = { v: 'b' };
    expect(await runPlainly(repo, later)).toEqual({
      moved: b,
      damaged: b,
      mended: true,
      unkept: b,
      left: [],
    });
  });

  it("does not run cosmiconfig's own settings, which may be anybody's", async () => {
    const repo = createRepo({
      'devservices.config.ts': 'export default { project: "own" as string };',
      '.config/config.js': 'globalThis.wasRun = true; module.exports = { cosmiconfig: {} };',
    });
    const script = `
      const { layers } = await library.loadLayers({ cwd, ...request });
      say({ project: library.mergeLayers(layers).merged.project, wasRun: globalThis.wasRun === true });`;
    expect(await runPlainly(repo, script)).toEqual({ project: 'own', wasRun: false });
  });
});

describe('loadModule under tsx', () => {
  const tsx = ['--import', pathToFileURL(join(project, 'node_modules/tsx/dist/loader.mjs')).href];

  it('uses the loader that is there, and keeps only what that one cannot read', async () => {
    const repo = createRepo({
      'esm/package.json': '{"type":"module"}',
      'esm/x.ts': 'export default { a: 1 as number };',
      'esm/throws.ts': '\ninterface A {}\nthrow new Error("no");',
      'esm/broken.ts': 'export default {\n  a: ; }',
      // Where the package says nothing of modules, tsx reads CommonJS.
      'devservices.config.ts': 'export default { project: "plain" as string };',
      'waits.ts': 'export default { a: await Promise.resolve(1 as number) };',
    });
    const script = `
      const esm = [];
      for (const name of ['x', 'throws', 'broken']) esm.push(await seen('esm/' + name + '.ts'));
      const { layers } = await library.loadLayers({ cwd, ...request });
      const before = readdirSync(request.env.HOME).includes('cache');
      say({ esm, before, project: library.mergeLayers(layers).merged.project, waits: await seen('waits.ts') });`;
    const file = (name: string): string => repo.path(`esm/${name}.ts`);
    expect(await runPlainly(repo, script, tsx)).toMatchObject({
      esm: [
        { a: 1 },
        { code: 'DS_CONFIG_THREW', facts: { file: file('throws'), line: 3 } },
        { code: 'DS_CONFIG_MALFORMED', facts: { file: file('broken'), line: 2, column: 6 } },
      ],
      before: false,
      project: 'plain',
      waits: { a: 1 },
    });
  });

  it('is known where this very file was loaded from TypeScript', () => {
    expect(hasTypeScriptLoader()).toBe(true);
  });
});
