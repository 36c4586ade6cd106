import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { portsNamed, resolveTemplate } from '../addresses.ts';
import { reasonOf } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import { isDevServicesError } from '../errors/error.ts';
import type { AddressBook, EnvironmentValue } from '../run/run.ts';
import { isSecret, type SecretSource } from '../secret.ts';

export interface EnvironmentSource {
  service: string;
  field: 'environment' | 'exports';
  /** The record, or the function that makes it. */
  given:
    | Readonly<Record<string, EnvironmentValue>>
    | ((addresses: AddressBook) => Readonly<Record<string, EnvironmentValue>>)
    | undefined;
  book: AddressBook;
  firstPort: string | undefined;
  /** Dependencies that take no part: a template of theirs leaves its variable out, as what they export is. */
  absent?: readonly string[];
}

export interface SecretReader {
  env: Readonly<Record<string, string | undefined>>;
  root: string;
  /** Learns each value, so that it is redacted from then on. */
  onSecret(value: string): void;
  /** What was read already, by source. */
  known?: Map<string, Promise<string>>;
}

/** A reader that asks each source once: a password store may take its time, and may ask the user. */
export function readOnce(reader: SecretReader): SecretReader {
  return { ...reader, known: reader.known ?? new Map() };
}

/** Variables as strings: functions called, templates filled, secrets read; `null` leaves one out. */
export async function resolveEnvironment(
  source: EnvironmentSource,
  reader: SecretReader,
): Promise<Record<string, string>> {
  const { given, book, firstPort, absent = [] } = source;
  const values = typeof given === 'function' ? callGiven(given, source) : (given ?? {});
  const entries = await Promise.all(
    Object.entries(values).map(async ([name, value]): Promise<[string, string][]> => {
      if (value === null || value === undefined) return [];
      if (isSecret(value)) return [[name, await readSecret(name, value.$secret, reader)]];
      const text = String(value);
      if (typeof given === 'function') return [[name, text]];
      const isAbsent = (port: string) => absent.some((need) => port.startsWith(`${need}.`));
      if (portsNamed(text).some(isAbsent)) return [];
      return [[name, resolveTemplate(text, book, firstPort)]];
    }),
  );
  return Object.fromEntries(entries.flat());
}

type EnvironmentFunction = Extract<EnvironmentSource['given'], (...args: never[]) => unknown>;

// What a function gives was seen by no schema.
function callGiven(
  given: EnvironmentFunction,
  { service, field, book }: EnvironmentSource,
): Readonly<Record<string, EnvironmentValue>> {
  const failed = (reason: string, cause?: unknown) =>
    serviceErrors.create('DS_SERVICE_FUNCTION', { service, field, reason }, cause);
  let values: unknown;
  try {
    values = given(book);
  } catch (thrown) {
    throw isDevServicesError(thrown) ? thrown : failed(reasonOf(thrown), thrown);
  }
  const isRecord = typeof values === 'object' && values !== null && !Array.isArray(values);
  if (!isRecord || values instanceof Promise) throw failed('it has to give a record, at once');
  for (const [name, value] of Object.entries(values as object)) {
    if (value === null || value === undefined || isSecret(value)) continue;
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw failed(`${name} is ${typeof value === 'object' ? 'an object' : `a ${typeof value}`}`);
    }
  }
  return values as Readonly<Record<string, EnvironmentValue>>;
}

/** A secret's value, known as such from here on. Throws DS_SECRET_UNAVAILABLE. */
export async function readSecret(
  name: string,
  source: SecretSource,
  reader: SecretReader,
): Promise<string> {
  const { from, read } = secretReading(source, reader);
  const key = JSON.stringify(source);
  const value = reader.known?.get(key) ?? Promise.resolve().then(read);
  reader.known?.set(key, value);
  try {
    reader.onSecret(await value);
    return await value;
  } catch (error) {
    throw serviceErrors.create(
      'DS_SECRET_UNAVAILABLE',
      { name, from, reason: reasonOf(error) },
      error,
    );
  }
}

function secretReading(
  source: SecretSource,
  { env, root }: SecretReader,
): { from: string; read: () => string | Promise<string> } {
  if ('value' in source) return { from: 'the configuration', read: () => source.value };
  if ('env' in source) {
    return {
      from: `$${source.env}`,
      read() {
        const value = env[source.env];
        if (value === undefined) throw new Error('it is not set');
        return value;
      },
    };
  }
  if ('file' in source) {
    const path = resolve(root, source.file);
    return { from: path, read: async () => (await readFile(path, 'utf8')).trimEnd() };
  }
  const [command = '', ...args] = source.command;
  return {
    from: `the command ${command}`,
    // A failing command may print the secret itself: its output stays out of the error.
    read: () =>
      promisify(execFile)(command, args, { cwd: root, timeout: 30_000, env: { ...env } }).then(
        ({ stdout }) => stdout.trimEnd(),
        (error: { code?: string | number }) => {
          throw new Error(`it ended with ${String(error.code ?? 'an error')}`);
        },
      ),
  };
}
