import { expect, test } from 'vitest';
import { z } from '../../../core/index.ts';
import type { DeclaredOption } from '../../../plugins/project-options/contract.ts';
import { eachStore } from '../../rig/database.ts';
import { openOptions } from './open-options.ts';

const declare: DeclaredOption[] = [
  { key: 'mail.port', schema: z.int().min(1).max(65535), default: 1025 },
  { key: 'mail.from', schema: z.email() },
  { key: 'mail.tags', schema: z.array(z.string()), default: ['dev'], sensitivity: 'public' },
];
const by = 'os:ada';

eachStore((createStore) => {
  const open = async (more: Partial<Parameters<typeof openOptions>[0]> = {}) =>
    openOptions({ store: await createStore(), declare, ...more });

  test('50 keys of 10,000 projects are one statement, and every project has every key', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `many.k${index}`);
    const many = keys.map((key) => ({ key, schema: z.number(), default: 0 }));
    await using opened = await open({ declare: many });
    const { options, reads } = opened;
    const projects = Array.from({ length: 10_000 }, (_, index) => `project-${index}`);
    await options.set({ project: 'project-7', key: 'many.k3', value: 73, by });
    await options.set({ project: 'project-9999', key: 'many.k49', value: 1, by });
    reads();
    const report = await options.get({ projects, keys, asker: 'owner' });
    expect(reads()).toEqual(['SelectQueryNode']);
    expect(Object.keys(report.projects)).toHaveLength(projects.length);
    for (const project of projects) {
      expect(Object.keys(report.projects[project] ?? {})).toHaveLength(keys.length);
    }
    const stored = Object.entries(report.projects).flatMap(([project, values]) =>
      Object.entries(values)
        .filter(([, { isStored }]) => isStored)
        .map(([key, { stored: value }]) => `${project} ${key} ${String(value)}`),
    );
    expect(stored).toEqual(['project-7 many.k3 73', 'project-9999 many.k49 1']);
  });

  test('nothing is asked of the database where nothing can be found there', async () => {
    await using opened = await open();
    const { options, reads } = opened;
    await options.unset({ project: 'shop', key: 'mail.port', by });
    reads();
    expect(await options.get({ projects: [], asker: 'owner' })).toEqual({
      projects: {},
      unknown: [],
    });
    const { projects } = await options.get({ projects: ['shop'], keys: ['no'], asker: 'owner' });
    expect(projects).toEqual({ shop: {} });
    expect(reads()).toEqual([]);
  });

  test('what is stored and what counts are told apart; the shape is the same for all', async () => {
    await using opened = await open();
    const { options } = opened;
    await options.set({ project: 'shop', key: 'mail.port', value: 25, by });
    const { projects, unknown } = await options.get({ projects: ['blog', 'shop'], asker: 'owner' });
    expect(unknown).toEqual([]);
    const internal = { isRedacted: false, sensitivity: 'internal' };
    const rest = {
      'mail.from': { ...internal, isStored: false },
      'mail.tags': {
        ...internal,
        isStored: false,
        effective: ['dev'],
        sensitivity: 'public',
      },
    };
    expect(JSON.parse(JSON.stringify(projects))).toEqual({
      blog: { 'mail.port': { ...internal, isStored: false, effective: 1025 }, ...rest },
      shop: { 'mail.port': { ...internal, isStored: true, stored: 25, effective: 25 }, ...rest },
    });
    // What is the default now may be another one tomorrow: storing it is a difference.
    await options.set({ project: 'blog', key: 'mail.port', value: 1025, by });
    const again = await options.get({ projects: ['blog'], keys: ['mail.port'], asker: 'owner' });
    expect(again.projects['blog']?.['mail.port']).toMatchObject({ isStored: true, stored: 1025 });
  });

  test('projects and keys that are named twice count once; unknown keys are told once', async () => {
    await using opened = await open();
    const report = await opened.options.get({
      projects: ['shop', 'blog', 'shop'],
      keys: ['mail.from', 'toString', 'mail.port', '__proto__', 'mail.from', 'toString'],
      asker: 'owner',
    });
    expect(Object.keys(report.projects)).toEqual(['shop', 'blog']);
    // In the order of their declaration, however they were asked for.
    expect(Object.keys(report.projects['shop'] ?? {})).toEqual(['mail.port', 'mail.from']);
    expect(report.unknown).toEqual(['toString', '__proto__']);
  });

  const odd = [
    '__proto__',
    'constructor',
    "'; drop table devservices_option; --",
    '%',
    '_',
    '"',
    '\\',
    'Ünïcödé 🚀',
    'e\u0301',
    '\u00e9',
    'A',
    'a',
    'a ',
    '0',
    '\u001b[31m',
    'null',
    'x'.repeat(255),
  ];
  test('a project is itself alone, whatever its name', async () => {
    await using opened = await open();
    const { options, rows } = opened;
    for (const [index, project] of odd.entries()) {
      await options.set({ project, key: 'mail.port', value: index + 1, by });
    }
    const { projects } = await options.get({ projects: odd, keys: ['mail.port'], asker: 'owner' });
    const found = odd.map((project) => projects[project]?.['mail.port']?.stored);
    expect(found).toEqual(odd.map((_, index) => index + 1));
    expect(await rows()).toHaveLength(odd.length);
    expect(({} as Record<string, unknown>)['mail.port']).toBeUndefined();
  });

  test('a project that cannot be stored has its defaults, and what was not asked for is undefined', async () => {
    await using opened = await open();
    const names = ['', 'x\0y', '\ud800', 'x'.repeat(300)];
    const { projects } = await opened.options.get({ projects: names, asker: 'owner' });
    for (const name of names) {
      expect(projects[name]?.['mail.port']).toMatchObject({ isStored: false, effective: 1025 });
    }
    expect(projects['constructor']).toBeUndefined();
    expect(projects['x\0y']?.['toString']).toBeUndefined();
  });

  test.each([
    ['of another type', '"25"', '"25"'],
    ['out of its range', '70000', 70000],
    ['null', 'null', null],
    ['no JSON', 'not json', undefined],
  ])('a stored value that is %s is told, and the default counts', async (_, text, stored) => {
    await using opened = await open();
    const { options, plant, rows } = opened;
    await options.unset({ project: 'shop', key: 'mail.port', by });
    await plant({ project: 'shop', key: 'mail.port', value: text });
    const before = await rows();
    const { projects } = await options.get({ projects: ['shop'], asker: 'owner' });
    expect(projects['shop']?.['mail.port']).toMatchObject({
      isStored: true,
      stored: stored === '"25"' ? '25' : stored,
      effective: 1025,
      problem: expect.stringMatching(/./),
    });
    // Reading mends nothing.
    expect(await rows()).toEqual(before);
  });

  test('what nobody declares any more is not given, and no longer in the way', async () => {
    await using opened = await open();
    const { options, plant, rows } = opened;
    await options.unset({ project: 'shop', key: 'mail.port', by });
    await plant({ project: 'shop', key: 'gone', value: '"old"' });
    const { projects, unknown } = await options.get({
      projects: ['shop'],
      keys: ['gone', 'mail.port'],
      asker: 'owner',
    });
    expect(unknown).toEqual(['gone']);
    expect(Object.keys(projects['shop'] ?? {})).toEqual(['mail.port']);
    expect(await options.unset({ project: 'shop', key: 'gone', by })).toEqual({
      change: 'changed',
      project: 'shop',
      key: 'gone',
    });
    expect(await rows()).toEqual([]);
    expect(await options.unset({ project: 'shop', key: 'gone', by })).toMatchObject({
      change: 'unchanged',
    });
    expect(await options.unset({ project: 'shop', key: '__proto__\0', by })).toMatchObject({
      change: 'unchanged',
    });
  });

  test('what is given is nobody’s to change: a default that is shared is frozen', async () => {
    await using opened = await open();
    const { projects } = await opened.options.get({ projects: ['a', 'b'], asker: 'owner' });
    const tags = projects['a']?.['mail.tags']?.effective as string[];
    expect(() => tags.push('mine')).toThrow(TypeError);
    expect(projects['b']?.['mail.tags']?.effective).toEqual(['dev']);
  });
});
