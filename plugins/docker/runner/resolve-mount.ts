import { homedir } from 'node:os';
import { isAbsolute, join, posix, resolve } from 'node:path';
import type { Refuse } from './field-error.ts';
import type { ResolvedMount } from './resolved-container.ts';

/**
 * Reads `name:/path[:ro]` (a volume of the service) or `./folder:/path[:ro]` (a folder, relative to
 * the configuration's). Throws DS_DOCKER_FIELD_INVALID.
 */
export function resolveMount(
  text: string,
  { root, refuse }: { root: string; refuse: Refuse },
): ResolvedMount {
  const [source = '', target = '', mode = 'rw', ...rest] = text.split(':');
  const problem = (why: string) => refuse('volumes', `holds ${JSON.stringify(text)}, ${why}`);
  if (rest.length > 0 || source === '' || target === '') {
    throw problem('which is neither name:/path[:ro] nor ./folder:/path[:ro]');
  }
  if (!posix.isAbsolute(target)) throw problem('whose path in the container is not absolute');
  if (mode !== 'ro' && mode !== 'rw') throw problem(`whose mode ${mode} is neither ro nor rw`);
  const common = {
    target: posix.normalize(target).replace(/(.)\/$/, '$1'),
    readOnly: mode === 'ro',
  };
  const folder = resolveFolder(source, root);
  if (folder !== undefined) return { type: 'bind', source: folder, ...common };
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(source)) {
    throw problem('whose volume has a name that an engine does not take');
  }
  return { type: 'volume', source, ...common };
}

// As Compose tells them apart: a folder begins with a dot, a slash or a tilde.
function resolveFolder(source: string, root: string): string | undefined {
  if (source === '~' || source.startsWith('~/')) return join(homedir(), source.slice(1));
  if (isAbsolute(source)) return resolve(source);
  return /^\.\.?(\/|$)/.test(source) ? resolve(root, source) : undefined;
}
