import { expect, test } from 'vitest';
import { z } from '../../../core/index.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import type { DeclaredOption } from '../../../plugins/project-options/contract.ts';
import { projectOptions } from '../../../plugins/project-options/index.ts';
import { createOptionRegister } from '../../../plugins/project-options/option-register.ts';

const fine: DeclaredOption = { key: 'mail.port', schema: z.int(), default: 25 };

test.each([
  'a',
  'mail.from',
  'sentry:token',
  'mail.reply-to.X_1',
  'a.1',
  'constructor',
  'k'.repeat(128),
])('%s is a key', (key) => {
  const register = createOptionRegister();
  register.declare({ key, schema: z.string() });
  expect(register.find(key)).toMatchObject({ key, sensitivity: 'internal' });
});

test.each<[string, unknown]>([
  ['no key', { ...fine, key: undefined }],
  ['an empty key', { ...fine, key: '' }],
  ['a key that begins with a digit', { ...fine, key: '1a' }],
  ['a key of the prototype', { ...fine, key: '__proto__' }],
  ['an empty word in a key', { ...fine, key: 'a..b' }],
  ['a dot at the end', { ...fine, key: 'a.' }],
  ['a blank', { ...fine, key: 'a b' }],
  ['a line end', { ...fine, key: 'a\n' }],
  ['a letter that only looks like one', { ...fine, key: 'm\u0430il' }],
  ['too long a key', { ...fine, key: 'k'.repeat(129) }],
  ['no schema', { ...fine, schema: undefined }],
  ['a schema of something else', { ...fine, schema: { parse: () => 1 } }],
  ['a default that does not fit', { ...fine, default: '25' }],
  ['a default that is no JSON', { ...fine, schema: z.date(), default: new Date() }],
  [
    'a default that becomes no JSON',
    { ...fine, schema: z.string().transform(() => new Map()), default: 'x' },
  ],
  [
    'a default that is checked later',
    { ...fine, schema: z.string().refine(async () => true), default: 'x' },
  ],
  ['another sensitivity', { ...fine, sensitivity: 'Secret' }],
])('%s is refused', (_, option) => {
  const register = createOptionRegister();
  const declaring = () => register.declare(option as DeclaredOption);
  expect(declaring).toThrow(
    expect.objectContaining({ code: 'DS_OPTION_DECLARATION', blame: 'plugin' }),
  );
  expect(register.all()).toEqual([]);
});

test('said twice in the same words it counts once; in others it is refused, also to make it public', () => {
  const register = createOptionRegister();
  const secret: DeclaredOption = { ...fine, sensitivity: 'secret' };
  register.declare(secret);
  register.declare({ ...secret });
  for (const other of [
    { ...secret, sensitivity: 'public' as const },
    { ...secret, default: 26 },
    { ...secret, schema: z.int() },
  ]) {
    expect(() => register.declare(other)).toThrow(
      expect.objectContaining({ code: 'DS_OPTION_DECLARATION' }),
    );
  }
  expect(register.all()).toMatchObject([{ ...secret }]);
});

test('a default is what it was when it was declared', () => {
  const register = createOptionRegister();
  const tags = ['a'];
  const option: DeclaredOption = { key: 'tags', schema: z.unknown(), default: tags };
  register.declare(option);
  tags.push('b');
  option.sensitivity = 'public';
  expect(register.find('tags')).toMatchObject({ effectiveDefault: ['a'], sensitivity: 'internal' });
});

test('a default may stand in the schema, and a schema that takes anything has none by that', () => {
  const register = createOptionRegister();
  const declare = (key: string, schema: z.ZodType, given?: unknown) => {
    register.declare({ key, schema, default: given });
    return register.find(key).effectiveDefault;
  };
  expect(declare('a', z.int().default(5))).toBe(5);
  expect(
    declare(
      'b',
      z
        .string()
        .prefault(' x ')
        .transform((text) => text.length),
    ),
  ).toBeUndefined();
  expect(declare('c', z.coerce.string())).toBeUndefined();
  expect(declare('d', z.string().optional())).toBeUndefined();
  expect(declare('e', z.string().nullable(), null)).toBeNull();
  expect(declare('f', z.object({ port: z.int().default(25) }), {})).toEqual({ port: 25 });
});

test('a secret default that is refused is in no message', () => {
  const register = createOptionRegister();
  const schema = z.string().refine(() => false, { error: ({ input }) => `not ${String(input)}` });
  const declare = (sensitivity: 'internal' | 'secret') => () =>
    register.declare({ key: 'a', schema, default: 'hunter2', sensitivity });
  expect(declare('secret')).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
  );
  expect(declare('internal')).toThrow('hunter2');
});

test('a plugin that declares what cannot be is named, and so is the key', async () => {
  const mailbox = definePlugin({
    name: 'mailbox',
    setup: ({ extend }) =>
      extend('projectOptions', (options) => options.declare({ ...fine, default: 'x' })),
  });
  await using repo = createTestHost({ config: { plugins: [projectOptions, mailbox] } });
  await repo.host.configure();
  await expect(repo.host.use('projectOptions')).rejects.toMatchObject({
    code: 'DS_PLUGIN_THREW',
    blame: 'plugin',
    message: expect.stringMatching(/mailbox.*"mail\.port".*its default is refused/),
  });
});

test('what a configuration declares is checked with it', async () => {
  const plugins = [projectOptions({ declare: [{ ...fine }, { ...fine, key: 'a b' }] })];
  await using repo = createTestHost({ config: { plugins } });
  await expect(repo.host.configure()).rejects.toMatchObject({
    blame: 'user',
    message: expect.stringMatching(/declare\.1.*a key is words/s),
  });
});

test('plugins and configuration declare side by side; a plugin is not run where nobody asks', async () => {
  let asked = 0;
  const mailbox = definePlugin({
    name: 'mailbox',
    setup: ({ extend }) =>
      extend('projectOptions', (options) => {
        asked += 1;
        options.declare({ key: 'mail.from', schema: z.email() });
      }),
  });
  const plugins = [mailbox, projectOptions({ declare: [fine] })];
  await using repo = createTestHost({ config: { plugins } });
  await repo.host.configure();
  expect(asked).toBe(0);
  const options = await repo.host.use('projectOptions');
  expect(options.declared().map(({ key }) => key)).toEqual(['mail.port', 'mail.from']);
});
