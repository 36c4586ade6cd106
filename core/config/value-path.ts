import { configErrors } from '../errors/catalogue/config.ts';

/** Keys from the root of a configuration to a value. */
export type ValuePath = readonly string[];

/**
 * The keys of a dotted path; a dot inside a key is written `\.`. Everything after `options` is one
 * key, since settings are named with dots.
 *
 * @example parsePath('services.redis.run.docker.image')
 * @example parsePath('options.log.level') // ['options', 'log.level']
 */
export function parsePath(path: string): string[] {
  if (path === '') return [];
  const keys: string[] = [];
  let key = '';
  for (let index = 0; index < path.length; index++) {
    const isEscape = path[index] === '\\' && '.=\\'.includes(path[index + 1] ?? ' ');
    if (isEscape) key += path[++index];
    else if (path[index] !== '.') key += path[index];
    else {
      keys.push(key);
      key = '';
    }
  }
  keys.push(key);
  return joinOptionKeys(keys);
}

/** The dotted form of a path, with dots inside keys escaped. */
export function formatPath(path: ValuePath): string {
  const [first, ...rest] = path;
  if (first === 'options') return [first, ...rest].join('.');
  return path.map((key) => key.replaceAll(/[.\\]/g, '\\$&')).join('.');
}

/** Settings are one key each, dots and all. */
export function joinOptionKeys(keys: readonly string[]): string[] {
  const [first, ...rest] = keys;
  return first === 'options' && rest.length > 1 ? [first, rest.join('.')] : [...keys];
}

/**
 * One `PATH=VALUE` of `--set`; `source` names it without the value, which may be secret. Throws
 * DS_CONFIG_ASSIGNMENT.
 *
 * @example parseAssignment('services.redis.ports.redis=6380')
 */
export function parseAssignment(text: string): {
  source: string;
  path: string[];
  value: unknown;
} {
  const end = /(?<!\\)=/.exec(text)?.index;
  const source = `--set ${text.slice(0, end)}`;
  if (end === undefined) {
    throw configErrors.create('DS_CONFIG_ASSIGNMENT', { source, reason: 'there is no "="' });
  }
  const path = parsePath(text.slice(0, end));
  if (path.length === 0 || path.includes('')) {
    throw configErrors.create('DS_CONFIG_ASSIGNMENT', { source, reason: 'the path has a gap' });
  }
  return { source, path, value: parseValue(text.slice(end + 1)) };
}

/**
 * What a flag or variable means: JSON where it is JSON (`8080`, `true`, `null`, `["a"]`, `"8080"` for a
 * string of digits), else the text itself.
 */
export function parseValue(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const isRounded =
      typeof value === 'number' && !Number.isSafeInteger(value) && !/[.eE]/.test(text);
    return isRounded ? text : value;
  } catch {
    return text;
  }
}
