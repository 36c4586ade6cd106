import type { Origins } from '../config/origins.ts';
import { isPlugin } from '../plugin/define-plugin.ts';
import { isSecret } from '../secret.ts';

/** One value of the configuration, and who wrote it. */
export interface ExplainedValue {
  path: string;
  /** Functions and plugins stand as a word in angle brackets, secrets as where they come from. */
  value: unknown;
  layer: string;
  source: string;
  file?: string;
  line?: number;
}

/** Every leaf of a merged configuration below a path, with its origin. Undefined: there is no such path. */
export function explainConfig(
  merged: Readonly<Record<string, unknown>>,
  origins: Origins,
  keys: readonly string[],
): ExplainedValue[] | undefined {
  let value: unknown = merged;
  for (const key of keys) {
    if (!isRecord(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return leavesOf(value, keys).map(([path, leaf]) => {
    const origin = origins.of(path) ?? origins.near(path);
    return {
      path: path.map((key) => key.replaceAll('.', '\\.')).join('.'),
      value: isSecretContent(path) && !isSecret(leaf) ? '[redacted]' : printable(leaf, path),
      layer: origin?.layer ?? 'defaults',
      source: origin?.source ?? 'devservices',
      ...(origin?.file === undefined ? {} : { file: origin.file }),
      ...(origin?.line === undefined ? {} : { line: origin.line }),
    };
  });
}

function leavesOf(value: unknown, path: readonly string[]): [readonly string[], unknown][] {
  if (!isRecord(value) || isSecret(value) || isPlugin(value) || Object.keys(value).length === 0) {
    return [[path, value]];
  }
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

// `services.NAME.run.KEY.secrets`: what it holds is secret, however it is written.
const isOfSecrets = (path: readonly string[]): boolean =>
  path[0] === 'services' && path[2] === 'run' && path[4] === 'secrets';
const isSecretContent = (path: readonly string[]): boolean =>
  isOfSecrets(path) && path.at(-1) === 'content';

function printable(value: unknown, path: readonly string[]): unknown {
  if (isPlugin(value)) return `<plugin ${value.pluginName}>`;
  if (isSecret(value)) return { $secret: 'value' in value.$secret ? '[redacted]' : value.$secret };
  if (typeof value === 'function') return '<function>';
  if (Array.isArray(value))
    return value.map((item, index) => printable(item, [...path, `${index}`]));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => {
      const at = [...path, key];
      return [key, isSecretContent(at) && !isSecret(child) ? '[redacted]' : printable(child, at)];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
