import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect } from 'vitest';
import type { createRepo } from './config-repo.ts';

export const project = join(import.meta.dirname, '../../..');

let built: string;

/** Builds the library as it is published: plain JavaScript, beside the packages that it needs, no loader. */
export async function buildLibrary(): Promise<void> {
  built = mkdtempSync(join(project, 'node_modules/.config-test-'));
  const core = (name: string): string => JSON.stringify(join(project, 'core', name));
  await build({
    stdin: {
      contents: `
        export * from ${core('config/config.ts')};
        export * from ${core('run/run.ts')};
        export * from ${core('config/load-module.ts')};
        export * from ${core('config/layers.ts')};
        export * from ${core('config/merge-layers.ts')};`,
      resolveDir: project,
    },
    outfile: join(built, 'library.mjs'),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
  });
  writeFileSync(
    join(built, 'package.json'),
    '{"name":"devservices","exports":{".":"./library.mjs","./extra":"./extra.mjs"}}',
  );
  writeFileSync(join(built, 'extra.mjs'), "export { container as extra } from './library.mjs';");
}

/** Takes it away again. */
export function dropLibrary(): void {
  rmSync(built, { recursive: true, force: true });
}

/** Runs a script in a plain `node`, with the built library at hand; gives what it printed as JSON. */
export async function runPlainly(
  repo: ReturnType<typeof createRepo>,
  script: string,
  execArgv: string[] = [],
): Promise<Record<string, unknown>> {
  const library = pathToFileURL(join(built, 'library.mjs')).href;
  const head = `
    import * as library from ${JSON.stringify(library)};
    import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
    import { createRequire } from 'node:module';
    const { cwd, ...request } = ${JSON.stringify({ ...repo.request(), library })};
    const load = (file) => library.loadModule(cwd + '/' + file, request);
    const seen = async (file) => load(file).then(({ default: value }) => value,
      ({ code, facts, message }) => ({ code, facts, message }));
    const kept = () => readdirSync(request.cacheFolder + '/modules').toSorted();
    const require = createRequire(${JSON.stringify(join(built, 'library.mjs'))});
    const loaded = () => ({ esbuild: require.resolve('esbuild') in require.cache });
    const say = (value) => console.log(JSON.stringify(value));`;
  const temporary = join(repo.home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...execArgv, '--input-type=module', '-e', `${head}\n${script}`],
    { cwd: repo.root, env: { PATH: process.env['PATH'], HOME: repo.home, TMPDIR: temporary } },
  );
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Record<string, unknown>;
}
