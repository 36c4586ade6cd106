import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createStoreCheckout } from '../rig/store-checkout.ts';

interface Token {
  name: string;
  state: string;
  lastUsed: string | null;
}

describe('tokens of tools', () => {
  const checkout = createStoreCheckout();
  const secrets: string[] = [];
  const list = async (...flags: string[]) => {
    const { tokens } = await checkout.call('tokens', 'list', ...flags);
    return (tokens as Token[]).map(({ name, state }) => `${name} ${state}`);
  };
  /** Files of the checkout's state in which any token stands that was shown. */
  const filesWithSecrets = () => {
    const files = readdirSync(checkout.stateHome, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    expect(files.some((file) => file.endsWith('events.ndjson'))).toBe(true);
    expect(files.some((file) => file.endsWith('store.sqlite'))).toBe(true);
    return files.filter((file) => {
      const text = readFileSync(file, 'latin1');
      return secrets.some((secret) => text.includes(secret));
    });
  };

  beforeAll(async () => {
    checkout.configure({
      before: `import { controlApi } from 'devservices/plugins/control-api';`,
      plugins: 'controlApi(),',
    });
    await checkout.call('permissions', 'users', 'add', 'ada', '--superuser');
    await checkout.call('permissions', 'add', '--user=ada', '--permission=services.write');
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('a token is shown once, to people and to programs, and is on no disk', async () => {
    const words = ['add', '--name=ci', '--user=ADA', '--permission=services.write'];
    const ran = await checkout.task('tokens', [...words, '--expires=30d', '--verbose']);
    expect(ran.exitCode, ran.stderr).toBe(0);
    const shown = ran.stdout.trimEnd().split('\n').at(-1) ?? '';
    expect(shown).toMatch(/^dst_[A-Za-z0-9_-]{43}$/);
    expect(ran.stderr).not.toContain(shown);
    expect(ran.stderr).not.toContain('no effect');
    const { event, result } = await checkout.call('tokens', 'add', '--name=cd', '--user=ada');
    expect(event).toBe('tokens-finished');
    const { token, entry } = result as { token: string; entry: Token };
    expect(token).toMatch(/^dst_[A-Za-z0-9_-]{43}$/);
    expect(entry).toMatchObject({ name: 'cd', state: 'live', lastUsed: null });
    for (const text of [shown, token]) secrets.push(text, text.slice('dst_'.length));
    expect(await list()).toEqual(['cd live', 'ci live']);
    expect(filesWithSecrets()).toEqual([]);
  });

  test('a revoked one is listed where all are asked for, and its name is free', async () => {
    expect((await checkout.call('tokens', 'revoke', 'ci'))['result']).toMatchObject({
      change: 'revoked',
    });
    expect((await checkout.call('tokens', 'revoke', 'ci'))['result']).toMatchObject({
      change: 'unchanged',
    });
    expect(await list()).toEqual(['cd live']);
    expect(await list('--all')).toEqual(['cd live', 'ci revoked']);
    const { result } = await checkout.call('tokens', 'add', '--name=ci', '--user=ada');
    const { token } = result as { token: string };
    secrets.push(token, token.slice('dst_'.length));
    expect(await list()).toEqual(['cd live', 'ci live']);
    // Whoever has it in hand needs no name.
    await checkout.call('tokens', 'revoke', token);
    expect(await list()).toEqual(['cd live']);
    expect(filesWithSecrets()).toEqual([]);
  });

  test.each([
    ['a name that is taken', ['add', '--name=cd', '--user=ada'], 'DS_API_TOKEN_EXISTS'],
    ['a user who is not there', ['add', '--name=x', '--user=eve'], 'DS_USER_UNKNOWN'],
    ['no name for a name', ['add', '--name=a b', '--user=ada'], 'DS_API_TOKEN_INVALID'],
    [
      'a permission that nothing declares',
      ['add', '--name=x', '--user=ada', '--permission=services.wite'],
      'DS_API_PERMISSION_UNKNOWN',
    ],
    [
      'a time that is over',
      ['add', '--name=x', '--user=ada', '--expires=2020-01-01'],
      'DS_API_TOKEN_INVALID',
    ],
    ['a token that was never made', ['revoke', 'nobody'], 'DS_API_TOKEN_UNKNOWN'],
  ])('%s is refused, and the store is as it was', async (_, words, code) => {
    const before = checkout.storeBytes();
    const refusal = await checkout.refusal(['tokens', ...words]);
    expect(refusal).toMatchObject({ exitCode: 2, code });
    expect(checkout.storeBytes() === before).toBe(true);
  });
});
