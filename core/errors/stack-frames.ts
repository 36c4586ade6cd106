import { existsSync, readFileSync } from 'node:fs';
import { createRequire, SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Place {
  file: string;
  line: number;
  column: number;
}

const most = 30;

/**
 * Where a thrown value comes from, innermost first, as `core/lifecycle/up.ts:12:3 run`: files of this
 * package, of the repo that is worked in and of packages, by their paths in there; of others none.
 */
export function stackFrames(thrown: unknown): readonly string[] {
  const lines = stackOf(thrown).split('\n');
  return lines.flatMap((line) => describeLine(line) ?? []).slice(0, most);
}

// What was caught first knows best where it happened.
function stackOf(thrown: unknown): string {
  let found = '';
  let inner = thrown;
  for (let depth = 0; inner instanceof Error && depth < 10; depth += 1) {
    found = typeof inner.stack === 'string' ? inner.stack : found;
    inner = inner.cause;
  }
  return found;
}

function describeLine(line: string): string | undefined {
  const [, before = '', file, row, column] =
    /^\s+at (.*?)\(?((?:file:\/\/|[A-Za-z]:\\|\/)[^()]*?):(\d+):(\d+)\)?$/.exec(line) ?? [];
  if (file === undefined) return undefined;
  const at = { file: pathOf(file), line: Number(row), column: Number(column) };
  const place = shorten(at) ?? shorten(originalOf(at));
  if (place === undefined) return undefined;
  // A name may be made of anything: only what a program's author writes is told.
  const name = /^(?:async |new )*([\w$.#<>]{1,80}) (?:\[as [\w$.#]+\] )?$/.exec(before)?.[1];
  return [`${place.file}:${place.line}:${place.column}`, name].filter(Boolean).join(' ');
}

function pathOf(name: string): string {
  const path = name.split('?')[0] ?? name;
  try {
    return path.startsWith('file://') ? fileURLToPath(path) : path;
  } catch {
    return path;
  }
}

function shorten(place: Place | undefined): Place | undefined {
  if (place === undefined) return undefined;
  const file = within(ownFolder(), place.file) ?? ofPackage(place.file) ?? inRepo(place.file);
  return file === undefined ? undefined : { ...place, file: file.replaceAll(sep, '/') };
}

function within(folder: string | undefined, file: string): string | undefined {
  if (folder === undefined || !file.startsWith(join(folder, sep))) return undefined;
  return relative(folder, file);
}

function ofPackage(file: string): string | undefined {
  const at = file.lastIndexOf(`${sep}node_modules${sep}`);
  return at === -1 ? undefined : file.slice(at + 1);
}

function inRepo(file: string): string | undefined {
  try {
    return within(topLevel(process.cwd()), file);
  } catch {
    // The folder that this process was started in is gone.
    return undefined;
  }
}

function topLevel(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

let own: string | undefined;

function ownFolder(): string {
  return (own ??= dirname(createRequire(import.meta.url).resolve('devservices/package.json')));
}

// A module of the repo may run as its transform, which has a map beside it.
function originalOf({ file, line, column }: Place): Place | undefined {
  try {
    const payload = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload;
    const entry = new SourceMap(payload).findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    const { originalSource, originalLine, originalColumn } = entry;
    return { file: pathOf(originalSource), line: originalLine + 1, column: originalColumn + 1 };
  } catch {
    return undefined;
  }
}
