import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import type { ContainerRun, Run } from '../run/run.ts';
import type { ContainerFile, ContainerFiles, FileContents } from '../run/storage-fields.ts';
import { isSecret } from '../secret.ts';
import { readSecret, type SecretReader } from './resolve-environment.ts';

/**
 * The contents of a container's secrets and configs. What is secret is known to be so before anything
 * else hears of it. Throws DS_SECRET_UNAVAILABLE, DS_FILE_UNREADABLE.
 */
export async function resolveFiles(
  run: Run,
  { service, reader }: { service: string; reader: SecretReader },
): Promise<FileContents> {
  if (run.kind !== 'container') return { secrets: {}, configs: {} };
  const { secrets, configs } = run as ContainerRun;
  const read = async (field: 'secrets' | 'configs', files: ContainerFiles | undefined) => {
    const contents = entriesOf(files).map(async ([name, file]) => {
      const content = await readContents({ service, field, name, file }, reader);
      if (field === 'secrets') reader.onSecret(content.toString());
      return [name, content.toString('base64')] as const;
    });
    return Object.fromEntries(await Promise.all(contents));
  };
  return { secrets: await read('secrets', secrets), configs: await read('configs', configs) };
}

interface Asked {
  service: string;
  field: 'secrets' | 'configs';
  name: string;
  file: ContainerFile;
}

async function readContents(asked: Asked, reader: SecretReader): Promise<Buffer> {
  const { service, field, name, file } = asked;
  if (isSecret(file)) return Buffer.from(await readSecret(name, file.$secret, reader));
  if ('content' in file && file.content !== undefined) {
    const { content } = file;
    return Buffer.from(
      isSecret(content) ? await readSecret(name, content.$secret, reader) : content,
    );
  }
  if ('environment' in file && file.environment !== undefined) {
    const value = reader.env[file.environment];
    const facts = { service, field, name, from: `$${file.environment}`, reason: 'it is not set' };
    if (value === undefined) throw serviceErrors.create('DS_FILE_UNREADABLE', facts);
    return Buffer.from(value);
  }
  const path = resolve(reader.root, 'file' in file ? file.file : '');
  try {
    return await readFile(path);
  } catch (thrown) {
    const facts = { service, field, name, from: path, reason: reasonOf(thrown) };
    throw serviceErrors.create('DS_FILE_UNREADABLE', facts, thrown);
  }
}

function entriesOf(files: ContainerFiles | undefined): (readonly [string, ContainerFile])[] {
  if (files === undefined) return [];
  return isList(files) ? files.map((file) => [file.source, file] as const) : Object.entries(files);
}

const isList = <Item>(value: readonly Item[] | object): value is readonly Item[] =>
  Array.isArray(value);
