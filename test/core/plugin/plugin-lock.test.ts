import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import type { Permissions } from '../../../core/permissions/permissions.ts';
import type { Plugin } from '../../../core/plugin/plugin.ts';
import { checkPluginLock, packageOf } from '../../../core/plugin/plugin-lock.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

let root = '';
beforeEach(() => {
  root = createTempFolder();
});

const from = (name: string) => `/repo/node_modules/${name}/dist/index.js`;
const plugin = (permissions: Permissions, source: string | undefined = from('devservices-mail')) =>
  ({
    pluginName: 'mail',
    spec: { name: 'mail', permissions, setup() {} },
    source,
  }) as unknown as Plugin;
const codes = (found: ReturnType<typeof checkPluginLock>) => found.errors.map(({ code }) => code);
const lockText = () => readFileSync(join(root, 'devservices.lock'), 'utf8');

test('a new plugin of a package is written down, and says so once', () => {
  const asked = plugin({ run: ['gcloud'], env: ['MAIL_*'] });
  expect(checkPluginLock(root, [asked])).toEqual({ errors: [], recorded: ['mail'] });
  expect(JSON.parse(lockText())).toEqual({
    version: 1,
    plugins: {
      mail: { package: 'devservices-mail', permissions: { run: ['gcloud'], env: ['MAIL_*'] } },
    },
  });
  expect(checkPluginLock(root, [asked])).toEqual({ errors: [], recorded: [] });
});

test('plugins of the repo and our own are not in it, and no file is made for them', () => {
  const own = plugin({ run: ['x'] }, '/repo/plugins/mail.ts');
  const ours = plugin({ run: ['x'] }, from('devservices'));
  expect(checkPluginLock(root, [own, ours, plugin({}, '')])).toEqual({
    errors: [],
    recorded: [],
  });
  expect(lockText).toThrow('ENOENT');
});

test('one that asks for more is refused, naming what; the lock stays', () => {
  checkPluginLock(root, [plugin({ run: ['gcloud'] })]);
  const before = lockText();
  const found = checkPluginLock(root, [plugin({ run: ['gcloud', 'curl'], net: ['evil.example'] })]);
  expect(codes(found)).toEqual(['DS_PLUGIN_ASKS_MORE']);
  expect(found.errors[0]?.message).toContain('run: curl, net: evil.example');
  expect(lockText()).toBe(before);
});

test('allowed by name, it is written down', () => {
  checkPluginLock(root, [plugin({})]);
  const more = plugin({ engine: true });
  expect(codes(checkPluginLock(root, [more], ['other']))).toEqual(['DS_PLUGIN_ASKS_MORE']);
  expect(checkPluginLock(root, [more], ['mail'])).toEqual({ errors: [], recorded: ['mail'] });
  expect(checkPluginLock(root, [more])).toEqual({ errors: [], recorded: [] });
});

test('one that asks for less goes on, and may not have the rest back unasked', () => {
  checkPluginLock(root, [plugin({ run: ['a', 'b'] })]);
  expect(checkPluginLock(root, [plugin({ run: ['a'] })]).errors).toEqual([]);
  expect(codes(checkPluginLock(root, [plugin({ run: ['a', 'b', 'c'] })]))).toEqual([
    'DS_PLUGIN_ASKS_MORE',
  ]);
});

test('the same name from another package is refused, asking for no more', () => {
  checkPluginLock(root, [plugin({ run: ['a'] })]);
  const found = checkPluginLock(root, [plugin({ run: ['a'] }, from('@evil/mail'))]);
  expect(found.errors[0]?.message).toContain('the package @evil/mail, not devservices-mail');
});

const corrupt = [
  '<<<<<<< HEAD',
  '',
  'null',
  '[]',
  '{"version":2,"plugins":{}}',
  '{"version":1}',
  '{"version":1,"plugins":null}',
  '{"version":1,"plugins":[]}',
  '{"version":1,"plugins":{"mail":null}}',
  '{"version":1,"plugins":{"mail":{"package":"devservices-mail"}}}',
  '{"version":1,"plugins":{"mail":{"package":7,"permissions":{}}}}',
  '{"version":1,"plugins":{"mail":{"package":"devservices-mail","permissions":{"run":"sh"}}}}',
];
for (const text of corrupt) {
  test(`a lock that reads ${text || 'nothing'} is refused, and never passes for an empty one`, () => {
    writeFileSync(join(root, 'devservices.lock'), text);
    expect(() => checkPluginLock(root, [plugin({ run: ['sh'] })])).toThrowError(
      expect.objectContaining({ code: 'DS_PLUGIN_LOCK_INVALID', blame: 'user' }),
    );
    expect(lockText()).toBe(text);
  });
}

test('a lock that cannot be written is said as such', () => {
  mkdirSync(join(root, 'devservices.lock'));
  expect(() => checkPluginLock(root, [plugin({})])).toThrowError(
    expect.objectContaining({ code: expect.stringMatching(/^DS_(PLUGIN_LOCK|STATE)_/) }),
  );
  expect(() => checkPluginLock(join(root, 'gone'), [plugin({})])).toThrowError(
    expect.objectContaining({ code: 'DS_STATE_UNWRITABLE' }),
  );
});

test('the package of a file', () => {
  expect(packageOf('/r/node_modules/mail/index.js')).toBe('mail');
  expect(packageOf('/r/node_modules/@a/mail/index.js')).toBe('@a/mail');
  expect(packageOf('/r/node_modules/.pnpm/mail@1/node_modules/mail/x.js')).toBe('mail');
  expect(packageOf('C:\\r\\node_modules\\mail\\x.js')).toBe('mail');
  expect(packageOf('/r/plugins/mail.ts')).toBeUndefined();
  expect(packageOf(undefined)).toBeUndefined();
});

test('the project is asked for like anything else, and is read back', () => {
  checkPluginLock(root, [plugin({})]);
  const more = plugin({ project: true });
  const refused = checkPluginLock(root, [more]);
  expect(codes(refused)).toEqual(['DS_PLUGIN_ASKS_MORE']);
  expect(refused.errors[0]?.message).toContain('project');
  expect(checkPluginLock(root, [more], ['mail'])).toEqual({ errors: [], recorded: ['mail'] });
  expect(lockText()).toContain('"project": true');
  expect(checkPluginLock(root, [more])).toEqual({ errors: [], recorded: [] });
});
