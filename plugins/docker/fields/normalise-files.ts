import { createHash } from 'node:crypto';
import { posix, resolve } from 'node:path';
import type { ContainerFile, ContainerFiles, FileContents } from 'devservices/runner';
import type { Refuse } from './field-error.ts';
import { isList, modeOf } from './field-values.ts';
import type { ResolvedFile, ResolvedFiles } from './resolved-container.ts';

export interface FilesContext {
  field: 'secrets' | 'configs';
  root: string;
  contents: FileContents['secrets'];
  /** The container's own root is read-only: nothing can be put into it. */
  isRootReadOnly: boolean;
  refuse: Refuse;
}

const folders = { secrets: '/run/secrets', configs: '/' };

/**
 * Where a container's secrets or configs are, and what they hold: a file that is taken as it is gets
 * mounted, all others are put into the container. Throws DS_DOCKER_FIELD_INVALID.
 */
export function normaliseFiles(
  files: ContainerFiles | undefined,
  context: FilesContext,
): ResolvedFiles | undefined {
  const named = entriesOf(files);
  if (named.length === 0) return undefined;
  return Object.fromEntries(
    named.map(([name, file]) => [name, [resolveFile(name, file, context)]]),
  );
}

function resolveFile(
  name: string,
  file: ContainerFile,
  { field, root, contents, isRootReadOnly, refuse }: FilesContext,
): ResolvedFile {
  const { target: wished = name, uid, gid, mode } = '$secret' in file ? {} : file;
  const target = posix.resolve(folders[field], wished);
  // The names of an archive have to fit.
  if (Buffer.byteLength(target) > 100)
    throw refuse(field, `has a target that is too long: ${target}`);
  const content = contents[name] ?? '';
  const isAsItIs = uid === undefined && gid === undefined && mode === undefined;
  if (isAsItIs && 'file' in file && file.file !== undefined) {
    const digest = createHash('sha256').update(content).digest('base64url');
    return { target, source: resolve(root, file.file), digest };
  }
  if (isRootReadOnly) {
    const problem = `has "${name}", which would have to be written into a container that is readOnly`;
    throw refuse(field, `${problem}: give it as { file } alone, which is mounted`);
  }
  return {
    target,
    content,
    uid: Number(uid ?? 0),
    gid: Number(gid ?? 0),
    mode: mode === undefined ? 0o444 : modeOf(mode),
  };
}

function entriesOf(files: ContainerFiles | undefined): (readonly [string, ContainerFile])[] {
  if (files === undefined) return [];
  return isList(files) ? files.map((file) => [file.source, file] as const) : Object.entries(files);
}
