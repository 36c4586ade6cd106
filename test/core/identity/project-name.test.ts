import { renameSync, rmSync } from 'node:fs';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { resolveProject, sanitiseName } from '../../../core/identity/project-name.ts';
import { createMachine } from '../../rig/state/machine.ts';

const anyUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

describe('sanitiseName', () => {
  it.each([
    ['My App!', 'my-app'],
    ['shop', 'shop'],
    ['__init__', 'init'],
    ['Żółć', 'zo-c'],
    ['日本', 'project'],
    ['.config', 'config'],
    ['a'.repeat(60), 'a'.repeat(40)],
  ])('makes %s %s', (folder, expected) => {
    expect(sanitiseName(folder)).toBe(expected);
  });

  it('always fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyUnit }), (text) => {
        expect(sanitiseName(text)).toMatch(/^[a-z0-9][a-z0-9_-]{0,39}$/);
      }),
      { seed: 6 },
    );
  });
});

describe('resolveProject', () => {
  it('takes the name of the folder where none is asked for', () => {
    const checkout = createMachine().open('My App!');
    expect(resolveProject({ checkout })).toEqual({ project: 'my-app', checkout: checkout.id });
  });

  it.each(['My App!', '', '-x', 'a'.repeat(41)])('refuses "%s" and suggests another', (name) => {
    const checkout = createMachine().open('shop');
    expect(() => resolveProject({ checkout, name })).toThrow(
      expect.objectContaining({
        code: 'DS_PROJECT_INVALID',
        blame: 'user',
        hint: `Use "${sanitiseName(name)}".`,
      }),
    );
  });

  it('leaves the plain name to the first checkout and gives the next a piece of its id', () => {
    const machine = createMachine();
    const [first, second] = [machine.open('one'), machine.open('two')];
    expect(resolveProject({ checkout: first, name: 'shop' }).project).toBe('shop');
    expect(resolveProject({ checkout: second, name: 'shop' }).project).toBe(
      `shop-${second.id.slice(0, 4)}`,
    );
  });

  it('keeps what was given and writes nothing for it', () => {
    const machine = createMachine();
    const checkouts = [machine.open('one'), machine.open('two')];
    const resolve = () => checkouts.map((checkout) => resolveProject({ checkout, name: 'shop' }));
    const given = resolve();
    rmSync(machine.path('one'), { recursive: true });
    const before = machine.fingerprint();
    expect(resolve()).toEqual(given);
    expect(machine.fingerprint()).toEqual(before);
  });

  it('frees a name when the folder that had it is gone, and not before', () => {
    const machine = createMachine();
    const resolve = (name: string) =>
      resolveProject({ checkout: machine.open(name), name: 'shop' }).project;
    expect([resolve('one'), resolve('two')]).toEqual([
      'shop',
      expect.stringMatching(/^shop-.{4}$/),
    ]);
    renameSync(machine.path('one'), machine.path('moved'));
    expect(resolve('three')).toBe('shop');
    expect(resolve('moved')).toMatch(/^shop-.{4}$/);
  });

  it('never gives one name to two living checkouts, however long it is', () => {
    const machine = createMachine();
    const name = 'n'.repeat(40);
    const names = ['a', 'b', 'c'].map(
      (folder) => resolveProject({ checkout: machine.open(folder), name }).project,
    );
    expect(new Set(names).size).toBe(3);
    for (const each of names) expect(each).toMatch(/^[a-z0-9][a-z0-9_-]{0,39}$/);
  });

  it('shares the plain name on request, without claiming it', () => {
    const machine = createMachine();
    resolveProject({ checkout: machine.open('one'), name: 'shop' });
    const before = machine.open('two');
    const fingerprint = machine.fingerprint();
    expect(resolveProject({ checkout: before, name: 'shop', shared: true }).project).toBe('shop');
    expect(machine.fingerprint()).toEqual(fingerprint);
  });
});
