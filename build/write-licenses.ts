import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Rolldown } from 'tsdown';

interface Licensed {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly author?: string | { readonly name: string };
  readonly folder: string;
}

/** Writes THIRD-PARTY-LICENSES.md: whose code is in the bundle, and on what terms. */
export function writeLicenses(): Rolldown.Plugin {
  return {
    name: 'write-licenses',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((output) => output.type === 'chunk');
      this.emitFile({
        type: 'asset',
        fileName: 'THIRD-PARTY-LICENSES.md',
        source: describe(findPackages(chunks)),
      });
    },
  };
}

function findPackages(chunks: readonly Rolldown.OutputChunk[]): Licensed[] {
  const files = chunks.flatMap(({ modules }) =>
    Object.entries(modules).flatMap(([file, { renderedLength }]) =>
      renderedLength > 0 && file.includes('/node_modules/') ? [file] : [],
    ),
  );
  const folders = new Set(files.map((file) => packageFolder(dirname(file.replace(/^\0/, '')))));
  return [...folders].map(readPackage).toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

// The nearest package.json with a name: folders inside a package may have one that says a type only.
function packageFolder(folder: string): string {
  const file = join(folder, 'package.json');
  const isPackage =
    existsSync(file) && 'name' in (JSON.parse(readFileSync(file, 'utf8')) as object);
  return isPackage ? folder : packageFolder(dirname(folder));
}

function readPackage(folder: string): Licensed {
  const text = readFileSync(join(folder, 'package.json'), 'utf8');
  return { ...(JSON.parse(text) as Omit<Licensed, 'folder'>), folder };
}

function describe(packages: readonly Licensed[]): string {
  const entries = packages.map(
    (one) =>
      `## ${one.name} ${one.version}\n\nLicense: ${one.license}\n\n${quote(licenseText(one))}`,
  );
  const intro = 'devservices contains code of these packages, in whole or in part.';
  return `# Third-party licenses\n\n${intro}\n\n${entries.join('\n\n')}\n`;
}

function licenseText({ name, author, folder }: Licensed): string {
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8');
  // Some say it in their readme only.
  const readme = readdirSync(folder).find((entry) => /^readme/i.test(entry));
  const text = readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8');
  const [, section] = /^#+\s*licen[cs]e\s*$(.*)/ims.exec(text) ?? [];
  if (section !== undefined) return section;
  const by = typeof author === 'object' ? author.name : author;
  if (by === undefined) throw new Error(`${name} says neither its license's text nor its author.`);
  return `By ${by}. The package comes without the text of its license.`;
}

const quote = (text: string): string =>
  text
    .trim()
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
