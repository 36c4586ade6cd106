import { createHmac } from 'node:crypto';

import type { Json } from './run/run.ts';
import type { PortBinding, ResolvedRun, Spec } from './run/runner.ts';

const hashLength = 12;

/**
 * What a label remembers of a resolved run and its ports: for each field a short HMAC, which tells
 * whether it changed and nothing else. Objects are taken apart into `environment.PGPORT`; lists and
 * scalars are fields; the order of keys does not matter. Pure.
 *
 * @example hashSpec({ kind: 'container', image: 'redis:7' }, [], key).fields.image // 'hJ2k…'
 */
export function hashSpec(run: ResolvedRun, ports: readonly PortBinding[], key: Uint8Array): Spec {
  const byName = ports.map(({ name, ...binding }) => [name, binding] as const);
  const leaves = [
    ...flatten(run, ''),
    ...byName.flatMap(([name, binding]) => flatten(binding, joinPath('ports', name))),
  ];
  const fields = leaves.map(([path, value]) => [path, hash(`${path}\0${canonical(value)}`, key)]);
  return { v: 1, fields: Object.fromEntries(fields) };
}

/** The fields in which two specs differ, sorted; all of `next` where there is no old one. Pure. */
export function diffSpec(old: Spec | undefined, next: Spec): string[] {
  const before = new Map(Object.entries(old?.v === next.v ? old.fields : {}));
  const after = new Map(Object.entries(next.fields));
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).toSorted();
}

function flatten(value: Json, path: string): [string, Json][] {
  if (typeof value !== 'object' || value === null || isList(value)) return [[path, value]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([name, inner]) => flatten(inner, joinPath(path, name)));
}

// A key with a dot is quoted, so that `{ 'a.b': 1 }` and `{ a: { b: 1 } }` stay two fields.
function joinPath(path: string, name: string): string {
  if (!/^[\w-]+$/.test(name)) return `${path}[${JSON.stringify(name)}]`;
  return path === '' ? name : `${path}.${name}`;
}

function canonical(value: Json): string {
  return JSON.stringify(value, (_, inner: Json) => {
    if (typeof inner !== 'object' || inner === null || isList(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function hash(text: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(text).digest('base64url').slice(0, hashLength);
}
