import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { ModuleLoading } from './module-loading.ts';

/** A module and all that it imports by path, as one JavaScript text. */
export interface Transformed {
  code: string;
  /** Source map, as JSON. */
  map: string;
  /** Every file that it was made from, with its content's digest; undefined for one that is not there. */
  inputs: readonly (readonly [file: string, digest: string | undefined])[];
}

/** What is kept beside a transform, to know whether it still holds. */
interface Manifest {
  module: string;
  inputs: Transformed['inputs'];
}

// Part of every key: a new way to transform must not find what an old one left.
const format = 1;

/** The kept transform of a module, if every file that it was made from is as it was. */
export function findTransformed(file: string, loading: ModuleLoading): string | undefined {
  const manifest = readManifest(manifestOf(file, loading));
  if (!manifest?.inputs.every(([input, known]) => digestOf(input) === known)) return undefined;
  return join(folderOf(loading), manifest.module);
}

/** A transform that can be imported; `drop` takes it away again where it could not be kept. */
export interface Importable {
  file: string;
  drop(): void;
}

/** Keeps a transform in place of an earlier one. */
export function keepTransformed(
  file: string,
  loading: ModuleLoading,
  transformed: Transformed,
): Importable {
  const folder = folderOf(loading);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const previous = readManifest(manifestOf(file, loading))?.module;
    const kept = write(folder, transformed);
    const manifest: Manifest = { module: basename(kept), inputs: transformed.inputs };
    replaceFile(manifestOf(file, loading), JSON.stringify(manifest));
    if (previous !== undefined && previous !== manifest.module) forget(folder, previous);
    return { file: kept, drop() {} };
  } catch {
    // A home that cannot be written to must not keep anybody from working.
    const temporary = mkdtempSync(join(tmpdir(), 'devservices-'));
    return {
      file: write(temporary, transformed),
      drop: () => rmSync(temporary, { recursive: true, force: true }),
    };
  }
}

function write(folder: string, { code, map }: Transformed): string {
  const file = join(folder, `${digest(code).slice(0, 32)}.mjs`);
  replaceFile(`${file}.map`, map);
  replaceFile(file, `${code}\n//# sourceMappingURL=${basename(file)}.map\n`);
  return file;
}

/** Digest of a file's content, undefined where it cannot be read. */
export function digestOf(file: string): string | undefined {
  try {
    return digest(readFileSync(file));
  } catch {
    return undefined;
  }
}

/** Short name of a content. */
export function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const folderOf = ({ cacheFolder }: ModuleLoading): string => join(cacheFolder, 'modules');

function manifestOf(file: string, loading: ModuleLoading): string {
  const key = digest(JSON.stringify([format, file, loading.library])).slice(0, 32);
  return join(folderOf(loading), `${key}.json`);
}

function readManifest(file: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as Partial<Manifest> | null;
    const isWhole =
      /^[0-9a-f]{32}\.mjs$/.test(manifest?.module ?? '') &&
      Array.isArray(manifest?.inputs) &&
      manifest.inputs.length > 0 &&
      manifest.inputs.every(Array.isArray);
    return isWhole ? (manifest as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function replaceFile(file: string, content: string): void {
  const prepared = join(dirname(file), `${randomBytes(8).toString('hex')}.tmp`);
  writeFileSync(prepared, content, { mode: 0o600, flag: 'wx' });
  renameSync(prepared, file);
}

function forget(folder: string, module: string): void {
  rmSync(join(folder, module), { force: true });
  rmSync(join(folder, `${module}.map`), { force: true });
}
