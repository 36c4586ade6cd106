import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findConfig, findLocalConfig } from '../../../core/config/find-config.ts';
import { createRepo, errorOf, giveAway } from './config-repo.ts';

describe('findConfig', () => {
  const find = (
    { home }: { home: string },
    cwd: string,
    more: { configFile?: string; env?: Record<string, string> } = {},
  ): string => findConfig({ cwd, ...more, env: { HOME: home, ...more.env } });

  it.each(['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'])(
    'knows devservices.config.%s',
    (type) => {
      const repo = createRepo({ [`devservices.config.${type}`]: '' });
      expect(find(repo, repo.root)).toBe(repo.path(`devservices.config.${type}`));
    },
  );

  it('climbs from a sub-folder to the nearest configuration', () => {
    const repo = createRepo({
      'devservices.config.yaml': '',
      'packages/api/devservices.config.json': '{}',
      'packages/api/src/x.ts': '',
      'packages/web/x.ts': '',
    });
    expect(find(repo, repo.path('packages/web'))).toBe(repo.path('devservices.config.yaml'));
    expect(find(repo, repo.path('packages/api/src'))).toBe(
      repo.path('packages/api/devservices.config.json'),
    );
  });

  it('takes package.json for its key only', () => {
    const repo = createRepo({
      'package.json': '{"devservices":{}}',
      'packages/api/package.json': '{"name":"devservices"}',
    });
    expect(find(repo, repo.path('packages/api'))).toBe(repo.path('package.json'));
  });

  it('passes over a package.json that is no JSON', () => {
    const repo = createRepo({ 'package.json': '{"devservices":', 'devservices.config.ts': '' });
    expect(find(repo, repo.root)).toBe(repo.path('devservices.config.ts'));
  });

  it('never looks above the git top level, be it a folder or a file', async () => {
    const repo = createRepo({ 'devservices.config.ts': '' });
    mkdirSync(repo.path('inner/deep'), { recursive: true });
    writeFileSync(repo.path('inner/.git'), 'gitdir: ../.git/worktrees/inner');
    const error = await errorOf(() => find(repo, repo.path('inner/deep')));
    expect(error.code).toBe('DS_CONFIG_NOT_FOUND');
    expect(error.facts['looked']).toEqual([repo.path('inner/deep'), repo.path('inner')]);
  });

  it('looks only into the folder itself outside of git', async () => {
    const repo = createRepo({ 'devservices.config.ts': '', 'sub/x': '' });
    rmSync(repo.path('.git'), { recursive: true });
    expect(find(repo, repo.root)).toBe(repo.path('devservices.config.ts'));
    const error = await errorOf(() => find(repo, repo.path('sub')));
    expect(error).toMatchObject({ code: 'DS_CONFIG_NOT_FOUND', blame: 'user' });
    expect(error.message).toContain(repo.path('sub'));
  });

  it('never looks above home, even where a git repository lies around it', async () => {
    const repo = createRepo({ 'devservices.config.ts': '', 'home/app/x': '' });
    const home = repo.path('home');
    const error = await errorOf(() => find({ home }, join(home, 'app')));
    expect(error.facts['looked']).toEqual([join(home, 'app')]);
  });

  it('follows a linked folder to where it really is', () => {
    const repo = createRepo({ 'devservices.config.ts': '', 'sub/x': '' });
    symlinkSync(repo.path('sub'), join(repo.home, 'link'));
    expect(find(repo, join(repo.home, 'link'))).toBe(repo.path('devservices.config.ts'));
  });

  it('names all configurations of a folder that has several', async () => {
    const repo = createRepo({
      'devservices.config.ts': '',
      'devservices.config.yml': '',
      'package.json': '{"devservices":{}}',
    });
    const error = await errorOf(() => find(repo, repo.root));
    expect(error.code).toBe('DS_CONFIG_AMBIGUOUS');
    expect(error.facts['names']).toEqual([
      'devservices.config.ts',
      'devservices.config.yml',
      'package.json',
    ]);
  });

  it("does not take another user's file, nor a link to one or of one", async () => {
    const foreign = createRepo({ 'devservices.config.ts': '' });
    const owner = giveAway(foreign.path('devservices.config.ts'));
    const error = await errorOf(() => find(foreign, foreign.root));
    expect(error).toMatchObject({ code: 'DS_CONFIG_FOREIGN', facts: { owner } });

    const linked = createRepo();
    symlinkSync(foreign.path('devservices.config.ts'), linked.path('devservices.config.ts'));
    expect((await errorOf(() => find(linked, linked.root))).code).toBe('DS_CONFIG_FOREIGN');
  });

  it("takes another user's file that is named, and under sudo that of who called it", async () => {
    const repo = createRepo({ 'devservices.config.ts': '' });
    const file = repo.path('devservices.config.ts');
    const env = { SUDO_UID: String(giveAway(file)) };
    expect(find(repo, repo.root, { configFile: file })).toBe(file);
    const isRoot = process.getuid?.() === 0;
    const found = errorOf(() => find(repo, repo.root, { env })).catch(() => undefined);
    expect((await found)?.code).toBe(isRoot ? undefined : 'DS_CONFIG_FOREIGN');
  });

  it.each(['missing.ts', '.'])('says that --config %s cannot be read', async (configFile) => {
    const repo = createRepo({ 'devservices.config.ts': '' });
    const error = await errorOf(() => find(repo, repo.root, { configFile }));
    expect(error).toMatchObject({ code: 'DS_CONFIG_UNREADABLE', facts: { namedBy: '--config' } });
  });

  it('says that there is none where the folder itself is gone', async () => {
    const repo = createRepo();
    expect((await errorOf(() => find(repo, repo.path('gone')))).code).toBe('DS_CONFIG_NOT_FOUND');
  });
});

describe('findLocalConfig', () => {
  it('finds the one beside the configuration, and refuses two and foreign ones', async () => {
    const repo = createRepo();
    expect(findLocalConfig(repo.root, {})).toBeUndefined();
    const file = repo.write('devservices.local.yaml', '');
    expect(findLocalConfig(repo.root, {})).toBe(file);
    giveAway(file);
    expect((await errorOf(() => findLocalConfig(repo.root, {}))).code).toBe('DS_CONFIG_FOREIGN');
    repo.write('devservices.local.ts', '');
    expect((await errorOf(() => findLocalConfig(repo.root, {}))).code).toBe('DS_CONFIG_AMBIGUOUS');
  });
});
