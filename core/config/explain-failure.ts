import { readFileSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../errors/as-error.ts';
import { configErrors, type FilePlace } from '../errors/catalogue/config.ts';
import { type DevServicesError, isDevServicesError } from '../errors/error.ts';

export interface ImportFailure {
  file: string;
  /** Whatever the import rejected with. */
  error: unknown;
  /** The transform that was imported, with its map beside it. */
  transformed?: string;
  /** Given where no transform has checked the syntax yet. */
  library?: string;
}

/** Why a module could not be imported, as an error of ours that says where. */
export async function explainFailure(failure: ImportFailure): Promise<DevServicesError> {
  const { file, error, library } = failure;
  if (isDevServicesError(error)) return error;
  if (library !== undefined) {
    const defect = await findDefect(file, library);
    if (defect) return defect;
  }
  const at = placeOf(failure);
  const specifier = missingImport(error);
  if (specifier !== undefined) {
    return configErrors.create(
      'DS_CONFIG_IMPORT_MISSING',
      { ...(at ?? { file }), specifier },
      error,
    );
  }
  const facts = { file, line: at?.line, column: at?.column, at, reason: reasonOf(error) };
  return configErrors.create('DS_CONFIG_THREW', facts, error);
}

// Loaders word and place syntax errors each in their own way; one parser says it for all of them.
async function findDefect(file: string, library: string): Promise<DevServicesError | undefined> {
  const { transformModule } = await import('./transform-module.ts');
  try {
    await transformModule(file, library);
    return undefined;
  } catch (error) {
    return isDevServicesError(error) ? error : undefined;
  }
}

function missingImport(error: unknown): string | undefined {
  if ((error as NodeJS.ErrnoException | null)?.code !== 'ERR_MODULE_NOT_FOUND') return undefined;
  return /Cannot find (?:package|module) '([^']+)'/.exec(reasonOf(error))?.[1];
}

function placeOf({ file, error, transformed }: ImportFailure): FilePlace | undefined {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const frame of stack.split('\n')) {
    const place = parseFrame(frame);
    if (!place) continue;
    if (place.file === transformed) return originalPlace(place);
    const isRepos =
      place.file.startsWith(dirname(file) + sep) && !/[\\/]node_modules[\\/]/.test(place.file);
    if (isRepos) return place;
  }
  return undefined;
}

function parseFrame(frame: string): Required<FilePlace> | undefined {
  const [, name, line, column] =
    /((?:file:\/\/|[A-Za-z]:\\|\/)[^()]*?):(\d+):(\d+)\)?$/.exec(frame) ?? [];
  if (name === undefined || !/^\s*at /.test(frame)) return undefined;
  const path = name.split('?')[0] ?? name;
  return {
    file: path.startsWith('file://') ? fileURLToPath(path) : path,
    line: Number(line),
    column: Number(column),
  };
}

function originalPlace({ file, line, column }: Required<FilePlace>): FilePlace | undefined {
  try {
    const payload = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMapPayload;
    const entry = new SourceMap(payload).findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return undefined;
    return {
      file: fileURLToPath(entry.originalSource),
      line: entry.originalLine + 1,
      column: entry.originalColumn + 1,
    };
  } catch {
    return undefined;
  }
}
