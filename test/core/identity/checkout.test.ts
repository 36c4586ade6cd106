import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { listCheckouts, openCheckout } from '../../../core/identity/checkout.ts';
import { createMachine } from '../../rig/state/machine.ts';

describe('openCheckout', () => {
  it('gives a new folder a random id and a private folder for state', () => {
    const machine = createMachine();
    const checkout = machine.open('shop');
    expect(checkout.id).toMatch(/^[0-9a-f]{12}$/);
    expect(checkout).toMatchObject({ root: machine.path('shop'), isNew: true, warnings: [] });
    expect(statSync(checkout.stateFolder).mode & 0o777).toBe(0o700);
    expect(statSync(join(machine.stateHome, 'registry.json')).mode & 0o777).toBe(0o600);
  });

  it('writes nothing when all is as it was', () => {
    const machine = createMachine();
    const first = machine.open('shop');
    const before = machine.fingerprint();
    expect(machine.open('shop')).toEqual({ ...first, isNew: false });
    expect(machine.fingerprint()).toEqual(before);
  });

  it('knows a folder by its real path', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    symlinkSync(machine.path('shop'), machine.path('link'));
    expect(machine.open('link')).toMatchObject({ id, root: machine.path('shop') });
  });

  it('gives a copy an id of its own', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    cpSync(machine.path('shop'), machine.path('copy'), { recursive: true });
    expect(machine.open('copy').id).not.toBe(id);
    expect(machine.open('shop').id).toBe(id);
  });

  it('keeps the id of a folder that moved', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    renameSync(machine.path('shop'), machine.path('store'));
    expect(machine.open('store')).toMatchObject({ id, isNew: false });
    expect(listCheckouts(machine.env)).toMatchObject([{ id, root: machine.path('store') }]);
  });

  it('keeps the id of a folder that was deleted and cloned again', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    mkdirSync(machine.path('clone'));
    rmSync(machine.path('shop'), { recursive: true });
    renameSync(machine.path('clone'), machine.path('shop'));
    expect(machine.open('shop')).toMatchObject({ id, isNew: false });
  });

  it('follows two folders that were exchanged', () => {
    const machine = createMachine();
    const [main, old] = [machine.open('main'), machine.open('old')];
    renameSync(machine.path('main'), machine.path('away'));
    renameSync(machine.path('old'), machine.path('main'));
    expect(machine.open('main').id).toBe(old.id);
    expect(machine.open('away').id).toBe(main.id);
    expect(machine.open('main').id).toBe(old.id);
  });

  it('does not take a new folder for a deleted one whose inode it got', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    const registry = join(machine.stateHome, 'registry.json');
    rmSync(machine.path('shop'), { recursive: true });
    const { ino } = statSync(machine.folder('other'), { bigint: true });
    const text = readFileSync(registry, 'utf8').replace(/"inode": "\d+"/, `"inode": "${ino}"`);
    writeFileSync(registry, text);
    expect(machine.open('other').id).not.toBe(id);
  });

  it('names a root that is not there', () => {
    const machine = createMachine();
    expect(() => openCheckout({ root: '/no/such/root', env: machine.env, now: () => 0 })).toThrow(
      expect.objectContaining({ code: 'DS_STATE_UNREADABLE', blame: 'environment' }),
    );
  });
});

describe('a damaged registry', () => {
  it('is moved aside, said and put together again', () => {
    const machine = createMachine();
    const ids = ['a', 'b'].map((name) => machine.open(name).id);
    writeFileSync(join(machine.stateHome, 'registry.json'), '{"v":1,"checkou');
    const { id, warnings } = machine.open('a');
    expect(id).toBe(ids[0]);
    expect(warnings).toEqual([expect.stringContaining('damaged')]);
    expect(machine.open('b')).toMatchObject({ id: ids[1], warnings: [] });
    const aside = readdirSync(machine.stateHome).filter((name) => name.includes('damaged'));
    expect(aside).toHaveLength(1);
  });

  it('never stops an open, whatever it holds', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    const path = join(machine.stateHome, 'registry.json');
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.json().map((checkouts) => `{"v":1,"checkouts":${checkouts}}`),
      fc.json().map((record) => `{"v":1,"checkouts":{"${id}":${record}}}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        writeFileSync(path, text);
        machine.open('shop');
        expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ v: 1 });
        return true;
      }),
      { seed: 6, numRuns: 60 },
    );
  });

  it('is rebuilt when it was deleted', () => {
    const machine = createMachine();
    const { id } = machine.open('shop');
    rmSync(join(machine.stateHome, 'registry.json'));
    expect(machine.open('shop')).toMatchObject({ id, isNew: false, warnings: [] });
  });

  it('of a newer version is left alone', () => {
    const machine = createMachine();
    machine.open('shop');
    const path = join(machine.stateHome, 'registry.json');
    writeFileSync(path, '{"v":2}');
    expect(() => machine.open('shop')).toThrow(expect.objectContaining({ code: 'DS_STATE_NEWER' }));
    expect(readFileSync(path, 'utf8')).toBe('{"v":2}');
  });
});

describe('listCheckouts', () => {
  it('says which folders are still there', () => {
    const machine = createMachine();
    const ids = ['a', 'b'].map((name) => machine.open(name).id);
    rmSync(machine.path('a'), { recursive: true });
    const list = listCheckouts(machine.env).map(({ id, isLiving }) => ({ id, isLiving }));
    expect(list).toHaveLength(2);
    expect(list).toContainEqual({ id: ids[0], isLiving: false });
    expect(list).toContainEqual({ id: ids[1], isLiving: true });
  });

  it('is empty on a machine that knows none', () => {
    expect(listCheckouts(createMachine().env)).toEqual([]);
  });
});
