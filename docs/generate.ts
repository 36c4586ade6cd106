import { readFileSync, writeFileSync } from 'node:fs';
import { renderConfigurationDoc } from './generate-configuration.ts';
import { renderErrorsDoc } from './generate-errors.ts';
import { renderHooksDoc } from './generate-hooks.ts';

/** The pages that are made of code, and how. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  'configuration.md': renderConfigurationDoc,
  'errors.md': renderErrorsDoc,
  'hooks.md': renderHooksDoc,
};

/** Names of the pages that are not what the code makes of them. */
export function findStalePages(): string[] {
  return Object.entries(generatedPages)
    .filter(([name, render]) => readPage(name) !== render())
    .map(([name]) => name);
}

function readPage(name: string): string | undefined {
  try {
    return readFileSync(pagePath(name), 'utf8');
  } catch {
    return undefined;
  }
}

const pagePath = (name: string): URL => new URL(name, import.meta.url);

if (process.argv[1]?.endsWith('generate.ts')) {
  const stale = findStalePages();
  if (process.argv.includes('--check')) {
    for (const name of stale) process.stderr.write(`docs/${name} is stale: npm run docs\n`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const name of stale) {
      writeFileSync(pagePath(name), generatedPages[name]?.() ?? '');
      process.stdout.write(`docs/${name}\n`);
    }
  }
}
