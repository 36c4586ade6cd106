import type { Tree } from './merge-tree.ts';
import { joinOptionKeys } from './value-path.ts';

/**
 * The keys that a variable's segments mean: those that lie below under the same letters, whatever
 * their case, `-` and `_`; a new key is the segment in camelCase (a plugin's name in kebab-case), and
 * as it is inside `environment` and `exports`.
 *
 * @example foldPath(['SERVICES', 'MY_DB', 'STOP_GRACE_PERIOD'], tree) // ['services', 'my-db', 'stopGracePeriod']
 */
export function foldPath(segments: readonly string[], tree: Tree | undefined): string[] {
  const path: string[] = [];
  let at = tree;
  for (const segment of segments) {
    const children: ReadonlyMap<string, Tree> = at?.kind === 'record' ? at.children : new Map();
    const isVerbatim = path.some((key) => key === 'environment' || key === 'exports');
    const known = matching(segment, [...children.keys()]);
    const isPlugin = path.length === 1 && path[0] === 'plugins';
    const written = isVerbatim ? segment : isPlugin ? kebabCase(segment) : camelCase(segment);
    const key = known ?? written;
    path.push(key);
    at = children.get(key);
  }
  const [first, ...rest] = path;
  if (first !== 'options' || tree?.kind !== 'record') return joinOptionKeys(path);
  // Settings are one key, which may have been named below in other letters.
  const options = tree.children.get('options');
  const known = options?.kind === 'record' ? [...options.children.keys()] : [];
  const name = rest.join('.');
  return rest.length === 0 ? path : ['options', matching(name, known) ?? name];
}

function matching(segment: string, keys: readonly string[]): string | undefined {
  if (keys.includes(segment)) return segment;
  const folded = fold(segment);
  return keys.find((key) => fold(key) === folded);
}

const fold = (key: string): string => key.toLowerCase().replaceAll(/[-_]/g, '');

function camelCase(segment: string): string {
  return segment
    .toLowerCase()
    .replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const kebabCase = (segment: string): string => segment.toLowerCase().replaceAll(/_+/g, '-');
