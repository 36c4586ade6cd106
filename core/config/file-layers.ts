import { dirname, resolve } from 'node:path';
import { configErrors } from '../errors/catalogue/config.ts';
import type { Layer } from './layer.ts';
import { loadFile } from './load-file.ts';
import type { ModuleLoading } from './module-loading.ts';
import { isMergeable } from './merge-tree.ts';
import { resolveModule } from './resolve-module.ts';

interface FileRequest {
  file: string;
  name: 'repo' | 'local' | 'extends';
  loading: ModuleLoading;
}

/**
 * The layers of one file, lowest first: what it extends, each with its own; its options file; itself.
 * A file that several extend lies at its lowest place only. Throws DS_CONFIG_EXTENDS_CYCLE and
 * DS_CONFIG_EXTENDS_MISSING besides the errors of reading.
 */
export async function loadFileLayers(request: FileRequest): Promise<Layer[]> {
  return loadWithin(request, { ring: [], seen: new Set() });
}

interface Way {
  /** The files that led here. */
  ring: readonly string[];
  seen: Set<string>;
  namedBy?: string;
}

async function loadWithin(
  { file, name, loading }: FileRequest,
  { ring, seen, namedBy }: Way,
): Promise<Layer[]> {
  if (ring.includes(file)) {
    const facts = { ring: [...ring.slice(ring.indexOf(file)), file] };
    throw configErrors.create('DS_CONFIG_EXTENDS_CYCLE', facts);
  }
  if (seen.has(file)) return [];
  const value = await loadFile(file, { ...loading, namedBy: namedBy ?? `the ${name} layer` });
  const below: Layer[] = [];
  for (const specifier of extendsOf(file, value)) {
    const base = resolveBase(specifier, file);
    const way = { ring: [...ring, file], seen, namedBy: `extended by ${file}` };
    below.push(...(await loadWithin({ file: base, name: 'extends', loading }, way)));
  }
  seen.add(file);
  const options = await loadOptionsFile(file, value, loading);
  return [...below, ...options, { name, source: file, file, value }];
}

function extendsOf(file: string, value: unknown): readonly string[] {
  const given = isMergeable(value) ? value['extends'] : undefined;
  if (given === undefined || given === null) return [];
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.every((each) => typeof each === 'string')) return list;
  throw invalidField(file, 'extends', 'Expected a path or package, or a list of them.');
}

function resolveBase(specifier: string, file: string): string {
  const base = resolveModule(specifier, file);
  if (base !== undefined) return base;
  const reason = /^[./]/.test(specifier)
    ? `there is no file ${resolve(dirname(file), specifier)}`
    : 'no such package is installed there';
  throw configErrors.create('DS_CONFIG_EXTENDS_MISSING', { file, specifier, reason });
}

async function loadOptionsFile(
  file: string,
  value: unknown,
  loading: ModuleLoading,
): Promise<Layer[]> {
  const given = isMergeable(value) ? value['optionsFile'] : undefined;
  if (given === undefined || given === null) return [];
  if (typeof given !== 'string' || !/\.(?:json|ya?ml)$/.test(given)) {
    throw invalidField(file, 'optionsFile', 'Expected the path of a .yaml, .yml or .json file.');
  }
  const path = resolve(dirname(file), given);
  const options = await loadFile(path, { ...loading, namedBy: `optionsFile of ${file}` });
  if (!isMergeable(options)) throw invalidField(path, '', 'Expected a record of options.');
  const flat = Object.fromEntries(flatten(options, []));
  return [{ name: 'options-file', source: path, file: path, value: { options: flat } }];
}

function flatten(value: unknown, path: readonly string[]): [string, unknown][] {
  // An alias in YAML may lie in what it names.
  const isGroup = isMergeable(value) && Object.keys(value).length > 0 && path.length < 32;
  if (!isGroup) return path.length === 0 ? [] : [[path.join('.'), value]];
  return Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]));
}

function invalidField(origin: string, path: string, text: string): Error {
  return configErrors.create('DS_CONFIG_INVALID', { problems: [{ path, origin, text }] });
}
