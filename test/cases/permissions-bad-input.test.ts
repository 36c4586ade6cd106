import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { createStoreCheckout } from '../rig/store-checkout.ts';
import { addTo, badInputs } from './permissions-bad-inputs.ts';

describe('bad arguments: a message with a hint, exit 2, the store unchanged', () => {
  const checkout = createStoreCheckout();
  let before: string | undefined;

  beforeAll(async () => {
    checkout.configure();
    await checkout.call(
      'permissions',
      'users',
      'add',
      'ada',
      '--email=ada@example.org',
      '--superuser',
    );
    await checkout.call('permissions', 'users', 'add', 'bob');
    await checkout.call('permissions', ...addTo('ada'));
    before = checkout.storeBytes();
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test.each(badInputs)('$name', async ({ words, code, says = [], hints = '' }) => {
    const refusal = await checkout.refusal(['permissions', ...words]);
    expect(refusal).toMatchObject({ exitCode: 2, code });
    for (const part of says) expect(refusal.message).toContain(part);
    expect(refusal.hint).toContain(hints);
    // Names are shown, never obeyed: nothing that moves a cursor is in a message.
    expect(refusal.message.replaceAll('\n', '')).not.toMatch(/\p{C}/u);
    expect(checkout.storeBytes() === before).toBe(true);
  });
});

describe('plugins that lack one another, or disagree', () => {
  const checkout = createStoreCheckout();
  afterAll(() => checkout[Symbol.asyncDispose]());

  const declaring = (plugin: string, description: string) =>
    `definePlugin({ name: '${plugin}', setup: ({ extend }) =>
      extend('permissions', (names) => names.declare({ name: 'sms.send', description: '${description}' })) })`;
  const only = (plugins: string) => `import { permissions } from 'devservices/plugins/permissions';
    import { projectOptions } from 'devservices/plugins/project-options';
    export default { plugins: [${plugins}] };\n`;
  const list = ['permissions', 'list', '--user', 'ada'];

  test.each([
    ['permissions', '', list, '`permissions()` from'],
    ['store', 'permissions()', list, '`store()` from'],
    ['project-options', 'permissions()', ['options', 'get'], '`projectOptions()` from'],
    ['store', 'projectOptions()', ['options', 'unset', 'mail.from'], '`store()` from'],
  ])('%s is not in a list of [%s]: it is said what to add', async (name, plugins, words, call) => {
    checkout.write({ 'devservices.config.ts': only(plugins) });
    const refusal = await checkout.refusal(words);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_CONTRACT_MISSING' });
    expect(refusal.hint).toContain(`${call} 'devservices/plugins/${name}'`);
    expect(checkout.storeBytes()).toBe(undefined);
  });

  test('two that declare one permission in other words are both quoted', async () => {
    checkout.configure({
      plugins: `${declaring('one', 'Sends texts')}, ${declaring('two', 'Sends bills')},`,
    });
    const refusal = await checkout.refusal(list);
    expect(refusal).toMatchObject({ exitCode: 4, code: 'DS_PLUGIN_THREW' });
    for (const part of ['plugin two', '"sms.send"', '"Sends texts"', '"Sends bills"']) {
      expect(refusal.message).toContain(part);
    }
  });

  test('two that declare it in the same words have declared it', async () => {
    checkout.configure({
      plugins: `${declaring('one', 'Sends texts')}, ${declaring('two', 'Sends texts')},`,
    });
    const refusal = await checkout.refusal(['permissions', ...addTo('ada', 'sms.sent')]);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_PERMISSION_UNKNOWN' });
    expect(refusal.message).toContain('Did you mean "sms.send"?');
  });

  test.each([
    ['a name that no permission has', `{ declare: [{ name: 'Mail', description: '' }] }`, '"Mail"'],
    ['a declaration without a description', `{ declare: [{ name: 'mail' }] }`, 'description'],
    [
      'both a service and a URL for the application',
      `{ directory: sqlDirectory({ service: 'db', url: 'postgres://a@b/c',
        users: { table: 't', id: 'i', username: 'u' },
        permissions: { table: 'p', user: 'u', permission: 'p' } }) }`,
      'names either a service or a url',
    ],
    ['a misspelt option', '{ declares: [] }', 'declare'],
  ])('%s is refused in the configuration', async (_, permissions, part) => {
    checkout.configure({ permissions });
    const refusal = await checkout.refusal(list);
    expect(refusal.exitCode).toBe(2);
    expect(refusal.message).toContain(part);
  });
});
