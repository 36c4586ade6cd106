import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import { build, transform } from 'esbuild';
import type { Rolldown } from 'tsdown';
import { root } from './read-root-package.ts';

// Below that, two more files to read cost what compiling does.
const leastBytes = 90_000;
const runner = 'chunks/run-script.mjs';

/**
 * Makes scripts of the large chunks, since Node keeps what it has compiled of scripts only: the module that
 * stays in the place of each runs it, and exports what it does. None of these chunks is in a ring of imports.
 */
export function keepCompiled(): Rolldown.Plugin {
  return {
    name: 'keep-compiled',
    async generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      const large = chunks.filter(({ code, isEntry }) => !isEntry && code.length > leastBytes);
      for (const chunk of large) {
        const { script, facade } = await toScript(chunk);
        this.emitFile({ type: 'asset', fileName: scriptName(chunk.fileName), source: script });
        chunk.code = facade;
      }
      this.emitFile({ type: 'asset', fileName: runner, source: await bundleRunner() });
    },
  };
}

async function toScript({ code, exports, fileName }: Rolldown.OutputChunk) {
  const { code: body } = await transform(withLaterImports(code), {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    define: {
      'import.meta.url': '__url',
      'import.meta.filename': '__filename',
      'import.meta.dirname': '__dirname',
    },
  });
  const script = `(function (module, exports, require, __import, __url, __filename, __dirname) {${body}\n})`;
  const digest = createHash('sha256').update(script).digest('hex').slice(0, 16);
  const name =
    fileName
      .split('/')
      .at(-1)
      ?.replace(/\.mjs$/, '') ?? '';
  const specifiers = [...new Set([...code.matchAll(imported)].map(([, found = '']) => found))];
  const facade = [
    ...specifiers.map((specifier, at) => `import * as i${at} from ${JSON.stringify(specifier)};`),
    'import { runScript } from "./run-script.mjs";',
    'const __exports = runScript({',
    `  url: new URL("./${name}.cjs", import.meta.url),`,
    `  digest: "${name}-${digest}",`,
    `  imports: { ${specifiers.map((one, at) => `${JSON.stringify(one)}: ${wrapped(one, at)}`).join(', ')} },`,
    '  importLater: (specifier) => import(specifier),',
    '});',
    ...exports.map((one, at) => `const e${at} = __exports[${JSON.stringify(one)}];`),
    `export { ${exports.map((one, at) => `e${at} as ${one}`).join(', ')} };`,
    '',
  ].join('\n');
  return { script, facade };
}

// Each `import(…)` calls what the module in its place gives to the script.
function withLaterImports(code: string): string {
  const { tokens } = parse(code, { sourceType: 'module', tokens: true });
  const found = ((tokens ?? []) as { start: number; type: { label?: string } }[]).filter(
    ({ type }, at) => type.label === 'import' && labelOf(tokens?.[at + 1]) === '(',
  );
  return found.reduceRight(
    (text, { start }) => `${text.slice(0, start)}__import${text.slice(start + 'import'.length)}`,
    code,
  );
}

const labelOf = (token: unknown): string | undefined =>
  (token as { type: { label?: string } } | undefined)?.type.label;

// Static ones stand at the beginning of a line.
const imported = /^(?:import|export) (?:[^"';]* from )?["']([^"']+)["'];?$/gm;

// A default import of what is not ours is looked for under `default`.
function wrapped(specifier: string, at: number): string {
  return specifier.startsWith('.') ? `i${at}` : `{ __esModule: true, ...i${at} }`;
}

const scriptName = (fileName: string): string => fileName.replace(/\.mjs$/, '.cjs');

async function bundleRunner(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'build/run-script.ts')],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
  });
  return outputFiles[0]?.text ?? '';
}
