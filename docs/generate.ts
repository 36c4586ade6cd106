import { readFileSync, writeFileSync } from 'node:fs';
import { fillBlocks } from './fill-blocks.ts';
import { renderApiDoc, renderOpenapi } from './generate-api.ts';
import { renderConfigurationDoc } from './generate-configuration.ts';
import { renderErrorsDoc } from './generate-errors.ts';
import { renderHooksDoc } from './generate-hooks.ts';

/** The pages that are made of code, whole or in marked blocks, and how. */
const pages: Readonly<Record<string, () => string>> = {
  'README.md': () => fillBlocks(readPage('README.md')),
  'docs/permissions.md': () => fillBlocks(readPage('docs/permissions.md')),
  'docs/plugins.md': () => fillBlocks(readPage('docs/plugins.md')),
  'docs/processes.md': () => fillBlocks(readPage('docs/processes.md')),
  'docs/telemetry.md': () => fillBlocks(readPage('docs/telemetry.md')),
  'docs/api.md': () => renderApiDoc(readPage('docs/api.md')),
  'docs/openapi.json': renderOpenapi,
  'docs/configuration.md': renderConfigurationDoc,
  'docs/errors.md': renderErrorsDoc,
  'docs/hooks.md': renderHooksDoc,
};

/** Pages that are not what the code makes of them, with what it makes. */
export function findStalePages(): Map<string, string> {
  const fresh = Object.entries(pages).map(([path, render]) => [path, render()] as const);
  return new Map(fresh.filter(([path, text]) => readPage(path) !== text));
}

function readPage(path: string): string {
  try {
    return readFileSync(pageUrl(path), 'utf8');
  } catch {
    return '';
  }
}

const pageUrl = (path: string): URL => new URL(`../${path}`, import.meta.url);

if (process.argv[1]?.endsWith('generate.ts')) {
  const stale = findStalePages();
  const isCheck = process.argv.includes('--check');
  for (const [path, text] of stale) {
    if (!isCheck) writeFileSync(pageUrl(path), text);
    process.stdout.write(isCheck ? `${path} is stale: npm run docs\n` : `${path}\n`);
  }
  process.exitCode = isCheck && stale.size > 0 ? 1 : 0;
}
