import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Json } from '../../core/run/run.ts';
import type { PortBinding, ResolvedRun } from '../../core/run/runner.ts';
import { diffSpec, hashSpec } from '../../core/spec.ts';

const key = Buffer.alloc(32, 7);
const run = {
  kind: 'container',
  image: 'postgres:17',
  environment: { PGPORT: '5432', PGPASSWORD: 'hunter22' },
  command: ['postgres', '-c', 'fsync=off'],
  healthcheck: { test: ['CMD', 'true'], interval: 20 },
} satisfies ResolvedRun;
const sql: PortBinding = { name: 'sql', container: 5432, host: 5432, protocol: 'tcp' };
const specOf = (change: Record<string, Json> = {}, ports = [sql]) =>
  hashSpec({ ...run, ...change }, ports, key);

describe('hashSpec', () => {
  it('names every leaf and shows nothing of its value', () => {
    const { v, fields } = specOf();
    expect(v).toBe(1);
    expect(Object.keys(fields).toSorted()).toEqual([
      'command',
      'environment.PGPASSWORD',
      'environment.PGPORT',
      'healthcheck.interval',
      'healthcheck.test',
      'image',
      'kind',
      'ports.sql.container',
      'ports.sql.host',
      'ports.sql.protocol',
    ]);
    for (const hash of Object.values(fields)) expect(hash).toMatch(/^[\w-]{12}$/);
    expect(JSON.stringify(fields)).not.toContain('hunter22');
  });

  it('is another one under another key, and for equal values of two fields', () => {
    expect(diffSpec(specOf(), hashSpec(run, [sql], Buffer.alloc(32, 8)))).toHaveLength(10);
    const { fields } = specOf({ environment: { A: 'same', B: 'same' } });
    expect(fields['environment.A']).not.toBe(fields['environment.B']);
  });
});

describe('diffSpec', () => {
  it('names what changed, came and went', () => {
    const next = specOf({ image: 'postgres:18', environment: { PGPORT: '5432', TZ: 'UTC' } });
    expect(diffSpec(specOf(), next)).toEqual(['environment.PGPASSWORD', 'environment.TZ', 'image']);
  });

  it('names ports, and all fields where nothing is remembered', () => {
    const next = specOf({}, [{ ...sql, host: 5433 }]);
    expect(diffSpec(specOf(), next)).toEqual(['ports.sql.host']);
    expect(diffSpec(undefined, next)).toEqual(Object.keys(next.fields).toSorted());
  });

  it.each([
    ['the order of a list', { command: ['-c', 'postgres', 'fsync=off'] }, ['command']],
    ['a type', { environment: { PGPORT: 5432, PGPASSWORD: 'hunter22' } }, ['environment.PGPORT']],
    [
      'an object that became empty',
      { healthcheck: {} },
      ['healthcheck', 'healthcheck.interval', 'healthcheck.test'],
    ],
    ['null for nothing', { user: null }, ['user']],
  ] as const)('notices %s', (_, change, expected) => {
    expect(diffSpec(specOf(), specOf(change as Record<string, Json>))).toEqual(expected);
  });

  it('tells a dotted key from a path', () => {
    const path = specOf({ labels: { a: { b: '1' } } });
    expect(diffSpec(path, specOf({ labels: { 'a.b': '1' } }))).toEqual([
      'labels.a.b',
      'labels["a.b"]',
    ]);
  });

  it('does not care for the order of keys, at any depth', () => {
    const reversed = (value: Json): Json => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      const entries = Object.entries(value).map(([name, inner]) => [name, reversed(inner)]);
      return Object.fromEntries(entries.toReversed()) as Json;
    };
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const one = specOf({ fields: fields as Json });
        expect(diffSpec(one, specOf({ fields: reversed(fields as Json) }))).toEqual([]);
      }),
      { seed: 6, numRuns: 50 },
    );
  });

  it('is empty exactly for equal runs', () => {
    const runs = fc.dictionary(
      fc.constantFrom('a', 'b', 'a.b', '__proto__'),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const plain = (value: unknown) => JSON.stringify(value, sortKeys);
    fc.assert(
      fc.property(runs, runs, (a, b) => {
        const isSame = plain(a) === plain(b);
        const diff = diffSpec(specOf({ x: a as Json }), specOf({ x: b as Json }));
        expect(diff.length === 0).toBe(isSame);
      }),
      { seed: 6, numRuns: 150 },
    );
  });
});

function sortKeys(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
