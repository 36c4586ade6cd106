import { existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { readReadyRecords, writeReadyRecords } from '../../../core/identity/ready-records.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const records = (ready: object, inputs: object = {}) => ({
  ready: new Map<string, string>(Object.entries(ready)),
  inputs: new Map<string, string>(Object.entries(inputs)),
});

describe('ready records', () => {
  it('come back as they were written, project by project', () => {
    const checkout = { stateFolder: createTempFolder() };
    const shop = records({ postgres: 'g1', constructor: 'g2' }, { 'postgres/migrate': 'abc' });
    writeReadyRecords(checkout, 'shop', shop);
    writeReadyRecords(checkout, 'other', records({ redis: 'g3' }));
    expect(readReadyRecords(checkout, 'shop')).toEqual(shop);
    expect(readReadyRecords(checkout, 'other')).toEqual(records({ redis: 'g3' }));
    expect(readReadyRecords(checkout, 'third')).toEqual(records({}));
  });

  it('are written only when they differ, in whatever order', () => {
    const checkout = { stateFolder: createTempFolder() };
    const written = () => statSync(join(checkout.stateFolder, 'ready.json')).ino;
    writeReadyRecords(checkout, 'shop', records({ a: '1', b: '2' }));
    const first = written();
    writeReadyRecords(checkout, 'shop', records({ b: '2', a: '1' }));
    expect(written()).toBe(first);
  });

  it('leave nothing of a project that has none, and make no file for nothing', () => {
    const checkout = { stateFolder: createTempFolder() };
    writeReadyRecords(checkout, 'shop', records({}));
    expect(existsSync(join(checkout.stateFolder, 'ready.json'))).toBe(false);
    writeReadyRecords(checkout, 'shop', records({ a: '1' }));
    writeReadyRecords(checkout, 'shop', records({}));
    expect(readReadyRecords(checkout, 'shop')).toEqual(records({}));
  });

  it.each(['{', '[]', '{"shop":1}', '{"shop":{"ready":{"a":1},"inputs":[]}}'])(
    'count as none where the file is %s',
    (text) => {
      const checkout = { stateFolder: createTempFolder() };
      writeFileSync(join(checkout.stateFolder, 'ready.json'), text);
      expect(readReadyRecords(checkout, 'shop')).toEqual(records({}));
    },
  );
});
