import { expect, test } from 'vitest';
import { z } from '../../../core/index.ts';
import type { DeclaredOption } from '../../../plugins/project-options/contract.ts';
import { eachStore } from '../../rig/database.ts';
import { openOptions } from './open-options.ts';

const declare: DeclaredOption[] = [
  { key: 'a.number', schema: z.number() },
  { key: 'a.boolean', schema: z.boolean(), default: true },
  { key: 'a.text', schema: z.string() },
  { key: 'an.enum', schema: z.enum(['low', 'high']), default: 'low' },
  { key: 'an.object', schema: z.strictObject({ host: z.string(), port: z.number().default(25) }) },
  { key: 'a.list', schema: z.array(z.number()) },
  { key: 'a.null', schema: z.string().nullable() },
  { key: 'a.trim', schema: z.string().trim().min(1) },
  { key: 'a.length', schema: z.string().transform((text) => text.length) },
  { key: 'a.date', schema: z.string().transform((text) => new Date(text)) },
  { key: 'a.promise', schema: z.string().refine(async () => true) },
  {
    key: 'a.throw',
    schema: z.string().refine(() => {
      throw new Error('out of order');
    }),
  },
  { key: 'any', schema: z.unknown() },
];
const [project, by] = ['shop', 'os:ada'];

// The value, and what counts then, where it is another.
const taken: readonly (readonly [key: string, value: unknown, effective?: unknown])[] = [
  ['a.number', 0, 0],
  ['a.number', -1.5e300, -1.5e300],
  ['a.boolean', false, false],
  ['a.text', '42', '42'],
  ['a.text', '', ''],
  ['a.text', `'; drop table devservices_option; -- \0 \ud800 \u202e 🚀`],
  ['a.text', 'x'.repeat(1024 * 1024)],
  ['an.enum', 'high', 'high'],
  ['an.object', { host: 'x' }, { host: 'x', port: 25 }],
  ['a.list', [], []],
  ['a.null', null, null],
  ['a.trim', ' x ', 'x'],
  ['a.length', 'four', 4],
  ['any', { __proto__: null, constructor: 1, '': [null] }],
  ['any', JSON.parse('{"__proto__":{"polluted":true}}') as object],
];

const ring: unknown[] = [];
ring.push(ring);
const refused: readonly (readonly [what: string, key: string, value: unknown, code: string])[] = [
  ['a text', 'a.number', '42', 'DS_OPTION_INVALID'],
  ['null', 'a.number', null, 'DS_OPTION_INVALID'],
  ['NaN', 'a.number', Number.NaN, 'DS_OPTION_INVALID'],
  ['undefined', 'a.number', undefined, 'DS_OPTION_INVALID'],
  ['a bigint', 'a.number', 1n, 'DS_OPTION_INVALID'],
  ['a text', 'a.boolean', 'true', 'DS_OPTION_INVALID'],
  ['a number', 'a.boolean', 0, 'DS_OPTION_INVALID'],
  ['a number', 'a.text', 42, 'DS_OPTION_INVALID'],
  ['a misspelt word', 'an.enum', 'hihg', 'DS_OPTION_INVALID'],
  ['a member too many', 'an.object', { host: 'x', extra: 1 }, 'DS_OPTION_INVALID'],
  ['a list', 'an.object', ['x'], 'DS_OPTION_INVALID'],
  ['an object', 'a.list', { 0: 1 }, 'DS_OPTION_INVALID'],
  ['texts', 'a.list', ['1'], 'DS_OPTION_INVALID'],
  ['blanks', 'a.trim', '  ', 'DS_OPTION_INVALID'],
  ['undefined', 'any', undefined, 'DS_OPTION_INVALID'],
  ['a function', 'any', () => {}, 'DS_OPTION_INVALID'],
  ['a date', 'any', new Date(), 'DS_OPTION_INVALID'],
  ['a hole in a list', 'any', [undefined], 'DS_OPTION_INVALID'],
  ['a ring', 'any', ring, 'DS_OPTION_INVALID'],
  ['five million characters', 'any', 'x'.repeat(5 * 1024 * 1024), 'DS_OPTION_INVALID'],
  ['what becomes a date', 'a.date', '2026-01-01', 'DS_OPTION_SCHEMA'],
  ['an asynchronous check', 'a.promise', 'x', 'DS_OPTION_SCHEMA'],
  ['a check that throws', 'a.throw', 'x', 'DS_OPTION_SCHEMA'],
  ['a misspelt key', 'a.nubmer', 42, 'DS_OPTION_UNKNOWN'],
  ['a key of every object', '__proto__', 42, 'DS_OPTION_UNKNOWN'],
  ['a key of every object', 'constructor', 42, 'DS_OPTION_UNKNOWN'],
];

eachStore((createStore) => {
  const open = async () => openOptions({ store: await createStore(), declare });

  test('set and unset say whether it is otherwise than before, and who did it is kept', async () => {
    await using opened = await open();
    const { options, rows } = opened;
    const key = 'an.object';
    const value = { host: 'x', port: 1 };
    expect(await options.set({ project, key, value, by })).toEqual({
      change: 'changed',
      project,
      key,
    });
    const first = await rows();
    expect(first).toMatchObject([{ project, key, updated_by: by }]);
    expect(new Date(first[0]?.updated_at ?? '').toISOString()).toBe(first[0]?.updated_at);
    const repeated = { project, key, value: { ...value }, by: 'os:eve' };
    expect(await options.set(repeated)).toMatchObject({ change: 'unchanged' });
    expect(await rows()).toEqual(first);
    const other = { project, key, value: { ...value, port: 2 }, by: 'os:eve' };
    expect(await options.set(other)).toMatchObject({ change: 'changed' });
    expect(await rows()).toMatchObject([{ value: '{"host":"x","port":2}', updated_by: 'os:eve' }]);
    expect(await options.unset({ project, key, by })).toMatchObject({ change: 'changed' });
    expect(await options.unset({ project, key, by })).toMatchObject({ change: 'unchanged' });
    expect(await rows()).toEqual([]);
  });

  test('what the schema takes comes back as it was given', async () => {
    await using opened = await open();
    const { options } = opened;
    for (const [key, value, effective] of taken) {
      await options.set({ project, key, value, by });
      const { projects } = await options.get({ projects: [project], keys: [key], asker: 'owner' });
      const found = projects[project]?.[key];
      expect(JSON.stringify(found?.stored) === JSON.stringify(value), key).toBe(true);
      const counts = JSON.stringify(effective === undefined ? value : effective);
      expect(JSON.stringify(found?.effective) === counts, key).toBe(true);
      expect(found?.problem).toBeUndefined();
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('what it does not take is refused, and nothing is changed', async () => {
    await using opened = await open();
    const { options, rows } = opened;
    await options.set({ project, key: 'a.text', value: 'as it was', by });
    const before = await rows();
    for (const [what, key, value, code] of refused) {
      const setting = options.set({ project, key, value, by });
      await expect(setting, `${key}: ${what}`).rejects.toMatchObject({ code });
    }
    expect(await rows()).toEqual(before);
  });

  test.each(['', 'x\0y', '\ud800', 'x'.repeat(256)])(
    'a project by the name %j is refused',
    async (name) => {
      await using opened = await open();
      const { options } = opened;
      const expected = { code: 'DS_OPTION_PROJECT', blame: 'user' };
      const setting = options.set({ project: name, key: 'a.text', value: 'x', by });
      await expect(setting).rejects.toMatchObject(expected);
      const unsetting = options.unset({ project: name, key: 'a.text', by });
      await expect(unsetting).rejects.toMatchObject(expected);
    },
  );

  test('a schema that breaks down at reading spoils its own key only', async () => {
    await using opened = await open();
    const { options, plant } = opened;
    await options.set({ project, key: 'a.text', value: 'fine', by });
    for (const key of ['a.throw', 'a.promise', 'a.date']) {
      await plant({ project, key, value: '"2026-01-01"' });
    }
    const { projects } = await options.get({ projects: [project], asker: 'owner' });
    const values = projects[project] ?? {};
    expect(values['a.text']).toMatchObject({ effective: 'fine', problem: undefined });
    expect(values['a.throw']?.problem).toContain('out of order');
    expect(values['a.promise']?.problem).toContain('asynchronous');
    expect(values['a.date']).toMatchObject({ effective: undefined, stored: '2026-01-01' });
    expect(values['a.date']?.problem).toContain('no JSON');
  });

  test('of many who set the same at once one changes it; different values end as one of them', async () => {
    await using opened = await open();
    const { options, rows } = opened;
    const set = (value: string) => options.set({ project, key: 'a.text', value, by });
    const same = await Promise.all(Array.from({ length: 10 }, () => set('x')));
    expect(same.filter(({ change }) => change === 'changed')).toHaveLength(1);
    const values = Array.from({ length: 10 }, (_, index) => `value ${index}`);
    await Promise.all(values.map(set));
    const [row, ...others] = await rows();
    expect(others).toEqual([]);
    expect(values).toContain(JSON.parse(row?.value ?? ''));
  });
});
