import { secret } from '../secret.ts';
import type { ValuePath } from './value-path.ts';

type Fields = Readonly<Record<string, unknown>>;

const runKeys: Readonly<Record<string, string>> = { container: 'docker', process: 'local' };

/**
 * A single `run` as a record with its runner's usual name as key, so that
 * `services.postgres.run.docker.image` is a valid path however it was written.
 */
export function wrapSingle(path: ValuePath, value: Fields): Fields {
  const kind = value['kind'];
  if (!isServiceField(path, 'run') || path.length !== 3 || typeof kind !== 'string') return value;
  return { [(Object.hasOwn(runKeys, kind) && runKeys[kind]) || kind]: value };
}

/** The long form of a value that has a short one, for when a record is laid over the short one. */
export function expandLeaf(path: ValuePath, value: unknown): Fields | undefined {
  if (isServiceField(path, 'ports') && path.length === 4 && typeof value === 'number') {
    return { container: value, host: value };
  }
  if (isServiceField(path, 'dependsOn')) {
    if (path.length === 4 && typeof value === 'string') return { condition: value };
    if (path.length === 3 && Array.isArray(value)) {
      return Object.fromEntries(value.map((name) => [String(name), 'ready']));
    }
  }
  if (isServiceField(path, 'onReady') && path.length === 3 && typeof value === 'function') {
    return { run: value };
  }
  if (path[0] === 'engine' && path.length === 1 && typeof value === 'string') {
    return { url: value };
  }
  if (isServiceField(path, 'run') && path.length === 5) return expandRunField(path[4], value);
  if (path[0] === 'tasks' && path.length === 2 && typeof value === 'string') {
    return { command: value };
  }
  return undefined;
}

const linesOf = new Set(['labels', 'annotations', 'sysctls']);

function expandRunField(field: string | undefined, value: unknown): Fields | undefined {
  if (field === 'build' && typeof value === 'string') return { context: value };
  if (!Array.isArray(value)) return undefined;
  const lines = value.map(String);
  if (field === 'networks') return Object.fromEntries(lines.map((name) => [name, {}]));
  if (field === 'environment') {
    // A name alone is the variable of this process.
    return Object.fromEntries(
      lines.map((line) => (line.includes('=') ? splitLine(line) : [line, secret({ env: line })])),
    );
  }
  return linesOf.has(field ?? '') ? Object.fromEntries(lines.map(splitLine)) : undefined;
}

function splitLine(line: string): [name: string, value: string] {
  const [name = '', ...value] = line.split('=');
  return [name, value.join('=')];
}

/** Whether the key at `index` may be missing in the file, because the short form leaves it out. */
export function isOptionalKey(path: ValuePath, index: number): boolean {
  if (path[0] === 'engine') return index === 1 && path[index] === 'url';
  if (path[0] === 'tasks') return index === 2 && path[index] === 'command';
  return index === 3 && isServiceField(path, 'run');
}

function isServiceField(path: ValuePath, field: string): boolean {
  return path[0] === 'services' && path[2] === field;
}
