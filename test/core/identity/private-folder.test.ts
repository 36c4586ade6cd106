import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ensurePrivateFolder } from '../../../core/identity/private-folder.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const modeOf = (path: string) => statSync(path).mode & 0o777;
const isRoot = process.getuid?.() === 0;

describe('ensurePrivateFolder', () => {
  it('makes the folder and those above it for this user alone', () => {
    const base = createTempFolder();
    ensurePrivateFolder(join(base, 'a/b'));
    expect([modeOf(join(base, 'a')), modeOf(join(base, 'a/b'))]).toEqual([0o700, 0o700]);
  });

  it('closes a folder of ours that others could enter', () => {
    const folder = createTempFolder();
    chmodSync(folder, 0o755);
    ensurePrivateFolder(folder);
    expect(modeOf(folder)).toBe(0o700);
  });

  it('refuses a file', () => {
    const file = join(createTempFolder(), 'file');
    writeFileSync(file, '');
    expect(() => ensurePrivateFolder(file)).toThrow(
      expect.objectContaining({ code: 'DS_STATE_FOREIGN' }),
    );
  });

  it('follows a link of our own', () => {
    const base = createTempFolder();
    mkdirSync(join(base, 'real'));
    symlinkSync(join(base, 'real'), join(base, 'link'));
    ensurePrivateFolder(join(base, 'link'));
    expect(modeOf(join(base, 'real'))).toBe(0o700);
  });

  it('names a link that leads nowhere', () => {
    const link = join(createTempFolder(), 'link');
    symlinkSync('/nowhere/at/all', link);
    expect(() => ensurePrivateFolder(link)).toThrow(
      expect.objectContaining({ code: 'DS_STATE_UNREADABLE', blame: 'environment' }),
    );
  });

  it.runIf(isRoot)('refuses what another user owns, directly or behind a link', () => {
    const base = createTempFolder();
    const theirs = join(base, 'theirs');
    mkdirSync(theirs, { mode: 0o700 });
    chownSync(theirs, 12_345, 12_345);
    symlinkSync(theirs, join(base, 'link'));
    for (const path of [theirs, join(base, 'link')]) {
      expect(() => ensurePrivateFolder(path)).toThrow(
        expect.objectContaining({
          code: 'DS_STATE_FOREIGN',
          message: expect.stringContaining('owned by user 12345') as string,
        }),
      );
    }
  });
});
