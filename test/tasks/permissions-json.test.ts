import { userInfo } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createPermissionsRepo } from './permissions-repo.ts';

describe('--json', () => {
  test('of what answers is one document', async () => {
    const { run, document } = createPermissionsRepo();
    await run('users add ada --superuser');
    await run('add --user ada --permission mail.read');
    const user = {
      id: expect.any(String) as string,
      username: 'ada',
      email: null,
      active: true,
      superuser: true,
      hasUsablePassword: true,
      created: expect.any(String) as string,
    };
    const directory = 'store';
    const permission = 'mail.read';
    expect(await document('users list')).toEqual({ users: [user] });
    expect(await document('list --user ada')).toEqual({
      directory,
      user,
      isEffective: true,
      permissions: [{ name: permission, isDeclared: true }],
    });
    expect(await document('who --permission mail.read')).toEqual({
      directory,
      permission,
      isDeclared: true,
      users: [{ ...user, isEffective: true }],
    });
    expect(await document('log --limit 1')).toEqual({
      entries: [
        {
          id: 2,
          at: expect.any(String) as string,
          by: `os:${userInfo().username}`,
          action: 'permission-added',
          userId: expect.any(String) as string,
          username: 'ada',
          detail: permission,
        },
      ],
    });
  });

  test('of what acts ends with what came of it', async () => {
    const { finished } = createPermissionsRepo();
    const change = async (words: string) => {
      const { ok, exitCode, result } = await finished(words);
      expect([ok, exitCode]).toEqual([true, 0]);
      return result;
    };
    const given = '--user ada --permission mail.read';
    const directory = 'store';
    const permission = 'mail.read';
    expect(await change('users add ada')).toMatchObject({
      change: 'added',
      directory,
      user: { username: 'ada', superuser: false },
    });
    expect(await change('users set ada --superuser --email a@b')).toMatchObject({
      change: 'changed',
      user: { superuser: true, email: 'a@b' },
    });
    expect(await change(`add ${given}`)).toMatchObject({ change: 'added', directory, permission });
    expect(await change(`add ${given}`)).toMatchObject({ change: 'unchanged', permission });
    expect(await change(`remove ${given}`)).toMatchObject({ change: 'removed', permission });
    expect(await change(`remove ${given}`)).toMatchObject({ change: 'unchanged', permission });
    expect(await change('users deactivate ada')).toMatchObject({
      change: 'changed',
      user: { active: false },
    });
  });
});
