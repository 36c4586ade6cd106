import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRevision } from '../../../plugins/sentry/read-revision.ts';

const commit = '0123456789abcdef0123456789abcdef01234567';

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'revision-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const main = 'ref: refs/heads/main\n';
const places: readonly (readonly [
  what: string,
  files: Readonly<Record<string, string>>,
  below: string,
  expected: string | undefined,
])[] = [
  ['a branch', { '.git/HEAD': main, '.git/refs/heads/main': `${commit}\n` }, '.', commit],
  [
    'a folder below',
    { '.git/HEAD': main, '.git/refs/heads/main': commit, 'a/b/c': '' },
    'a/b',
    commit,
  ],
  ['a detached head', { '.git/HEAD': `${commit}\n` }, '.', commit],
  ['SHA-256', { '.git/HEAD': commit.padEnd(64, 'a') }, '.', commit.padEnd(64, 'a')],
  [
    'packed refs',
    {
      '.git/HEAD': main,
      '.git/packed-refs': `# pack-refs with: peeled\nffff refs/heads/main2\n${commit} refs/heads/main\n^ffff\n`,
    },
    '.',
    commit,
  ],
  [
    'a further work tree',
    {
      'tree/.git': 'gitdir: ../repo/.git/worktrees/tree\n',
      'repo/.git/worktrees/tree/HEAD': 'ref: refs/heads/side\n',
      'repo/.git/worktrees/tree/commondir': '../..\n',
      'repo/.git/refs/heads/side': commit,
    },
    'tree',
    commit,
  ],
  [
    'a submodule',
    {
      'sub/.git': 'gitdir: ../.git/modules/sub',
      '.git/HEAD': `${'f'.repeat(40)}\n`,
      '.git/modules/sub/HEAD': commit,
    },
    'sub',
    commit,
  ],
  ['no commit yet', { '.git/HEAD': main }, '.', undefined],
  [
    'a head that leads out',
    { '.git/HEAD': 'ref: refs/../../secret', secret: commit },
    '.',
    undefined,
  ],
  ['a head that is nothing', { '.git/HEAD': 'garbage' }, '.', undefined],
  ['a ring', { '.git/HEAD': main, '.git/refs/heads/main': main }, '.', undefined],
  ['no repo', { 'a/b': '' }, 'a', undefined],
];
for (const [what, files, below, expected] of places) {
  test(`the commit of ${what}`, async () => {
    expect(await readRevision(join(folderWith(files), below))).toBe(expected);
  });
}

test('what git itself says, of a branch, packed, of a work tree and detached', async () => {
  const root = folderWith({ 'repo/a': 'a' });
  const repo = join(root, 'repo');
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.org', ...args], {
      cwd: repo,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
    }).trim();
  git('init', '-q', '-b', 'trunk');
  git('add', 'a');
  git('commit', '-q', '-m', 'one');
  const head = git('rev-parse', 'HEAD');
  expect(await readRevision(repo)).toBe(head);
  git('pack-refs', '--all');
  expect(await readRevision(repo)).toBe(head);
  git('worktree', 'add', '-q', '-b', 'side', '../tree');
  expect(await readRevision(join(root, 'tree'))).toBe(head);
  git('checkout', '-q', '--detach');
  expect(await readRevision(repo)).toBe(head);
});
