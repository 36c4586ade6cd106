import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { writeArchive } from '../../core/write-archive.ts';

const list = (archive: Buffer) =>
  execFileSync('tar', ['-tv', '--numeric-owner', '-f', '-'], { input: archive, encoding: 'utf8' });

test('files have their names, owners, permissions and sizes', () => {
  const file = {
    path: '/run/secrets/key',
    content: Buffer.from('abc'),
    uid: 70,
    gid: 71,
    mode: 0o440,
  };
  expect(list(writeArchive([file, { ...file, path: '/b', content: Buffer.alloc(1000) }]))).toMatch(
    /^-r--r----- 70\/71 +3 .+ run\/secrets\/key\n-r--r----- 70\/71 +1000 .+ b\n$/,
  );
});

test('an owner beyond what eight octal digits hold is kept', () => {
  const file = { path: '/key', content: Buffer.from('abc'), mode: 0o400 };
  expect(list(writeArchive([{ ...file, uid: 1_000_660_000, gid: 2 ** 32 - 2 }]))).toMatch(
    /^-r-------- 1000660000\/4294967294 +3 .+ key\n$/,
  );
});
