import { homedir } from 'node:os';
import { isAbsolute, posix, resolve } from 'node:path';
import type { VolumeMount } from 'devservices/runner';
import type { Refuse } from './field-error.ts';
import { bytesOf, modeOf, present } from './field-values.ts';
import type { ResolvedMount } from './resolved-container.ts';

interface Mounting {
  root: string;
  refuse: Refuse;
}

/**
 * Reads `name:/path[:ro]` (a volume of the service), `./folder:/path[:ro]` (a folder, relative to the
 * configuration's), `/path` (a volume that goes with the container), or Compose's long form. Throws
 * DS_DOCKER_FIELD_INVALID.
 */
export function resolveMount(mount: string | VolumeMount, mounting: Mounting): ResolvedMount {
  return typeof mount === 'string' ? resolveShort(mount, mounting) : resolveLong(mount, mounting);
}

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave'];
// What Docker Desktop once made of them is gone; people still write them.
const ignored = ['rw', 'cached', 'delegated', 'consistent'];

function resolveShort(text: string, { root, refuse }: Mounting): ResolvedMount {
  const problem = (why: string) => refuse('volumes', `holds ${JSON.stringify(text)}, ${why}`);
  const parts = text.split(':');
  const [source = '', target = '', mode = '', ...rest] = parts.length === 1 ? ['', text] : parts;
  const isAnonymous = parts.length === 1 && posix.isAbsolute(text);
  if (rest.length > 0 || target === '' || (source === '' && !isAnonymous)) {
    throw problem('which is none of name:/path[:ro], ./folder:/path[:ro] and /path');
  }
  if (!posix.isAbsolute(target)) throw problem('whose path in the container is not absolute');
  const options = mode.split(',').filter((option) => option !== '' && !ignored.includes(option));
  const propagation = options.find((option) => propagations.includes(option));
  const selinux = options.find((option) => option === 'z' || option === 'Z');
  const known = ['ro', 'nocopy', 'z', 'Z', ...propagations];
  const unknown = options.find((option) => !known.includes(option));
  if (unknown !== undefined) throw problem(`whose option ${unknown} is not known`);
  const common = {
    target: tidy(target),
    readOnly: options.includes('ro'),
    ...present({ propagation, selinux: selinux }),
  };
  const folder = resolveFolder(source, root);
  if (folder !== undefined) return { type: 'bind', source: folder, ...common };
  if (!isAnonymous) assertVolumeName(source, problem);
  if (propagation !== undefined) throw problem('whose propagation only a folder can have');
  return {
    type: 'volume',
    source,
    ...common,
    ...(options.includes('nocopy') ? { nocopy: true } : {}),
  };
}

function resolveLong(mount: VolumeMount, { root, refuse }: Mounting): ResolvedMount {
  const { type, source = '', target, readOnly = false, bind, volume, tmpfs } = mount;
  const problem = (why: string) => refuse('volumes', `has the ${type} at ${target}, ${why}`);
  if (!posix.isAbsolute(target)) throw problem('which is not absolute');
  const foreign = Object.entries({ bind, volume, tmpfs }).find(
    ([kind, options]) => options !== undefined && kind !== type,
  );
  if (foreign) throw problem(`which can not have ${foreign[0]}`);
  const common = { target: tidy(target), readOnly };
  if (type === 'bind') {
    if (source === '') throw problem('which has no source');
    return {
      type,
      source: resolveFolder(source, root) ?? resolve(root, source),
      ...common,
      ...present({ propagation: bind?.propagation, selinux: bind?.selinux }),
      ...(bind?.createHostPath === false ? { createHostPath: false } : {}),
    };
  }
  if (type === 'tmpfs') {
    if (source !== '') throw problem('which can have no source');
    const size = bytesOf('volumes', tmpfs?.size, refuse);
    const mode = tmpfs?.mode === undefined ? undefined : modeOf(tmpfs.mode);
    return { type, source, ...common, ...present({ size, mode }) };
  }
  if (source !== '') assertVolumeName(source, problem);
  return {
    type,
    source,
    ...common,
    ...(volume?.nocopy ? { nocopy: true } : {}),
    ...present({ subpath: volume?.subpath }),
  };
}

function assertVolumeName(source: string, problem: (why: string) => Error): void {
  if (/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(source)) return;
  throw problem('whose volume has a name that an engine does not take');
}

function tidy(target: string): string {
  return posix.normalize(target).replace(/(.)\/$/, '$1');
}

// As Compose tells them apart: a folder begins with a dot, a slash or a tilde.
function resolveFolder(source: string, root: string): string | undefined {
  if (source === '~' || source.startsWith('~/')) return resolve(homedir(), source.slice(2));
  if (isAbsolute(source)) return resolve(source);
  return /^\.\.?(\/|$)/.test(source) ? resolve(root, source) : undefined;
}
