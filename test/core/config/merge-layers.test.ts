import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { environmentLayers } from '../../../core/config/assignment-layers.ts';
import { type Layer, withPluginLayers } from '../../../core/config/layer.ts';
import { mergeLayers, pluginLayers } from '../../../core/config/merge-layers.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { container } from '../../../core/run/run.ts';
import { secret } from '../../../core/secret.ts';
import { errorOf } from './config-repo.ts';

const layerOf = (value: unknown, index = 0): Layer => ({
  name: 'repo',
  source: `layer ${index}`,
  value,
});
const merge = (...values: unknown[]): unknown => mergeLayers(values.map(layerOf)).merged;

describe('mergeLayers', () => {
  it('merges records by key, replaces lists, removes by null, and takes undefined for nothing said', () => {
    expect(
      merge(
        { a: { keep: 1, change: 1, drop: { x: 1 } }, list: [1, 2], gone: 1 },
        { a: { change: 2, drop: null, add: { y: null, z: 3 } }, list: [3], gone: undefined },
      ),
    ).toEqual({ a: { keep: 1, change: 2, add: { z: 3 } }, list: [3], gone: 1 });
  });

  const records = fc.letrec((tie) => ({
    record: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.integer(),
      fc.array(fc.integer(), { maxLength: 2 }),
      tie('record'),
    ),
  })).record;

  it('is idempotent', () => {
    fc.assert(
      fc.property(records, (a) => {
        expect(merge(a, a)).toEqual(merge(a));
      }),
      { seed: 21 },
    );
  });

  // A leaf between two records cuts off what lies below it: so each key is always one or the other.
  const shaped = fc.letrec((tie) => {
    const inner = fc.option(tie('record'), { nil: undefined, maxDepth: 3 });
    const leaf = fc.option(fc.integer(), { nil: undefined });
    return {
      record: fc.record({ inner, other: inner, leaf, list: fc.array(leaf, { maxLength: 2 }) }),
    };
  }).record;

  it('is associative on records', () => {
    fc.assert(
      fc.property(shaped, shaped, shaped, (a, b, c) => {
        expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
        expect(merge(a, b, c)).toEqual(merge(a, merge(b, c)));
      }),
      { seed: 22 },
    );
  });

  it('removes whatever a null stands over, and nothing else', () => {
    fc.assert(
      fc.property(records, fc.constantFrom('a', 'b', 'c'), (a, key) => {
        const { [key]: _, ...rest } = merge(a) as Record<string, unknown>;
        expect(merge(a, { [key]: null })).toEqual(rest);
      }),
      { seed: 23 },
    );
  });

  it('never changes what it was given', () => {
    const below = Object.freeze({ a: Object.freeze({ x: 1 }) });
    const above = Object.freeze({ a: Object.freeze({ y: 2 }) });
    expect(merge(below, above)).toEqual({ a: { x: 1, y: 2 } });
    expect(below).toEqual({ a: { x: 1 } });
  });

  it('takes functions, class instances, secrets and plugins as they are', () => {
    const call = (): number => 1;
    const date = new Date(0);
    const hidden = secret({ env: 'A' });
    const plugin = definePlugin({ name: 'mail', setup() {} })();
    const merged = merge(
      { call: { x: 1 }, date: { x: 1 }, hidden: secret('old'), plugin: { x: 1 } },
      { call, date, hidden, plugin },
    ) as Record<string, unknown>;
    expect(merged['call']).toBe(call);
    expect(merged['date']).toBe(date);
    expect(merged['hidden']).toBe(hidden);
    expect(merged['plugin']).toBe(plugin);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('has no way in for %s', (key) => {
    const value: unknown = JSON.parse(`{"services":{"a":{"${key}":{"polluted":true}}}}`);
    const { merged, origins } = mergeLayers([layerOf({ services: { a: {} } }), layerOf(value)]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(merged).toEqual({ services: { a: {} } });
    expect(origins.defects.map(({ path }) => path)).toEqual([['services', 'a', key]]);
  });

  it('ends on a record that lies in itself', () => {
    const ring: Record<string, unknown> = { x: 1 };
    ring['again'] = { ring };
    const { merged, origins } = mergeLayers([layerOf({ ring })]);
    expect(merged).toEqual({ ring: { x: 1, again: {} } });
    expect(origins.defects).toHaveLength(1);
  });

  it('says which layer threw while it was read', async () => {
    const value = {
      get services(): unknown {
        throw new Error('no');
      },
    };
    const error = await errorOf(() => mergeLayers([layerOf(value, 7)]));
    expect(error).toMatchObject({
      code: 'DS_CONFIG_THREW',
      facts: { file: 'layer 7', reason: 'no' },
    });
  });
});

describe('runs', () => {
  const run = (...runs: unknown[]): unknown => {
    const merged = merge(...runs.map((each) => ({ services: { db: { run: each } } })));
    return (merged as { services: { db: { run: unknown } } }).services.db.run;
  };

  it('has a single run under the usual name of its runner', () => {
    expect(run(container({ image: 'a' }))).toEqual({ docker: { kind: 'container', image: 'a' } });
    expect(run({ kind: 'process', command: 'x' })).toEqual({
      local: { kind: 'process', command: 'x' },
    });
    expect(run({ kind: 'vm' })).toEqual({ vm: { kind: 'vm' } });
    expect(run({ kind: 'constructor' })).toEqual({});
  });

  it('merges single and keyed runs either way round', () => {
    const keyed = {
      local: { kind: 'process' },
      docker: { kind: 'container', image: 'a', user: 'u' },
    };
    expect(run(keyed, container({ image: 'b' }))).toEqual({
      local: { kind: 'process' },
      docker: { kind: 'container', image: 'b', user: 'u' },
    });
    expect(run(container({ image: 'a' }), { docker: { image: 'b' } })).toEqual({
      docker: { kind: 'container', image: 'b' },
    });
    expect(run(keyed, { docker: null })).toEqual({ local: { kind: 'process' } });
  });

  it('does not mix the fields of two kinds', () => {
    expect(
      run({ docker: { kind: 'container', image: 'a' } }, { docker: { kind: 'vm', disk: 1 } }),
    ).toEqual({
      docker: { kind: 'vm', disk: 1 },
    });
    const merged = merge(
      { services: { a: { ready: { kind: 'http', path: '/' } } } },
      { services: { a: { ready: { kind: 'port', port: 'x' } } } },
    );
    expect(merged).toEqual({ services: { a: { ready: { kind: 'port', port: 'x' } } } });
  });

  it('writes short forms out when a record is laid over them', () => {
    const ready = (): void => {};
    expect(
      merge(
        {
          services: { a: { ports: { sql: 5432 }, dependsOn: ['b', 'c'], onReady: ready } },
          tasks: { t: 'make' },
        },
        {
          services: {
            a: {
              ports: { sql: { host: 6000 } },
              dependsOn: { c: { condition: 'started' }, b: { restart: true } },
              onReady: { onFailure: 'warn' },
            },
          },
          tasks: { t: { needs: ['x'] } },
        },
      ),
    ).toEqual({
      services: {
        a: {
          ports: { sql: { container: 5432, host: 6000 } },
          dependsOn: { b: { condition: 'ready', restart: true }, c: { condition: 'started' } },
          onReady: { run: ready, onFailure: 'warn' },
        },
      },
      tasks: { t: { command: 'make', needs: ['x'] } },
    });
  });
});

describe('pluginLayers', () => {
  it('gives what each layer says, lowest first, a variable by the name of the plugin', () => {
    const layers = [
      layerOf({ plugins: ['a'] }),
      layerOf({ services: {} }, 1),
      { ...layerOf({ plugins: { docker: null } }, 2), file: '/repo/x.yaml' },
      ...environmentLayers({ DEVSERVICES__PLUGINS__MAIL_BOX__SIZE: '5' }),
    ];
    expect(pluginLayers(layers)).toEqual([
      { source: 'layer 0', entries: ['a'] },
      { source: '/repo/x.yaml', entries: { docker: null } },
      { source: 'DEVSERVICES__PLUGINS__MAIL_BOX__SIZE', entries: { 'mail-box': { size: 5 } } },
    ]);
  });

  it('lie above the defaults and below every file', () => {
    const layers: Layer[] = [
      { name: 'defaults', source: 'built in', value: { project: 'x' } },
      layerOf({ services: { a: { run: { docker: { image: 'repo' } } } } }),
    ];
    const added: Layer = {
      name: 'plugin',
      source: 'mail',
      value: { services: { a: { run: container({ image: 'plugin', user: 'u' }) } } },
    };
    const { merged, origins } = mergeLayers(withPluginLayers(layers, [added]));
    expect(merged).toMatchObject({
      services: { a: { run: { docker: { image: 'repo', user: 'u' } } } },
    });
    expect(origins.of('services.a.run.docker.user')).toEqual({ layer: 'plugin', source: 'mail' });
    expect(origins.of('project')).toEqual({ layer: 'defaults', source: 'built in' });
  });
});
