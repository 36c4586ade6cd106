import { expect, test } from 'vitest';
import { z } from 'zod';
import { coreSettings } from '../../core/core-settings.ts';
import { resolveSettings, type Settings } from '../../core/settings.ts';
import { definePlugin } from '../../core/plugin/define-plugin.ts';
import { createTestHost } from '../../core/testing/test-host.ts';
import { image, messages, thrownBy } from '../rig/kernel.ts';

const mail: Settings = {
  'mail.from': {
    description: 'Who mails come from.',
    schema: z.email(),
    required: true,
    legacy: ['system.mail-from', '$MAIL_FROM'],
  },
  'mail.port': { description: 'Where.', schema: z.coerce.number().int(), default: 25 },
  'mail.token': { description: 'For the API.', schema: z.string(), required: true },
};
const resolve = (
  given: Record<string, unknown>,
  env: Record<string, string> = {},
  settings: Settings = mail,
) => resolveSettings({ declared: [{ owner: 'mail', settings }], given, env });
const good = { 'mail.from': 'a@b.example', 'mail.token': 't' };

test('values are parsed, defaults filled', () => {
  expect(resolve({ ...good, 'mail.port': '2525' })).toEqual({
    values: { ...good, 'mail.port': 2525 },
    warnings: [],
    errors: [],
  });
  expect(resolve(good).values['mail.port']).toBe(25);
});

test('legacy names and variables are taken over, with one warning each', () => {
  const rest = { 'mail.token': 't' };
  expect(resolve({ ...rest, 'system.mail-from': 'a@b.example' })).toMatchObject({
    values: { 'mail.from': 'a@b.example' },
    warnings: ['system.mail-from is an old name: set the option mail.from instead.'],
    errors: [],
  });
  expect(resolve(rest, { MAIL_FROM: 'c@d.example' })).toMatchObject({
    values: { 'mail.from': 'c@d.example' },
    warnings: ['$MAIL_FROM is an old name: set the option mail.from instead.'],
  });
  const both = resolve(
    { ...rest, 'system.mail-from': 'a@b.example' },
    { MAIL_FROM: 'c@d.example' },
  );
  expect(both.values['mail.from']).toBe('a@b.example');
  expect(both.warnings).toHaveLength(2);
});

test('a new name wins over an old one, which is then said to be in the way', () => {
  const { values, warnings } = resolve({ ...good, 'system.mail-from': 'old@b.example' });
  expect(values['mail.from']).toBe('a@b.example');
  expect(warnings).toEqual([
    'system.mail-from is an old name of the option mail.from, which is set otherwise: remove the old one.',
  ]);
});

test('unknown, wrong and missing ones come all at once, with suggestions', () => {
  const { errors } = resolve({
    'mail.form': 'x',
    'mail.port': 'x',
    $MAIL_FROM: 'x',
    'mail.from': 'no',
  });
  expect(errors.map(({ code }) => code)).toEqual(['DS_SETTING_INVALID', 'DS_SETTING_REQUIRED']);
  const text = errors.map(({ message }) => message).join('\n');
  expect(text).toContain('mail.form: there is no such option. Did you mean "mail.from"?');
  expect(text).toMatch(/mail\.port: .+/);
  expect(text).toMatch(/mail\.from: .+/);
  expect(text).toContain('$MAIL_FROM: there is no such option.');
  expect(text).toContain('mail.token (mail): For the API.');
  expect(errors.every(({ blame }) => blame === 'user')).toBe(true);
});

test('a required one that is wrong is told as wrong, not as missing', () => {
  const { errors } = resolve({ ...good, 'mail.from': 'no' });
  expect(errors.map(({ code }) => code)).toEqual(['DS_SETTING_INVALID']);
});

test('core: log level and format, with the names they had', () => {
  const core = (given: Record<string, unknown>, env = {}) =>
    resolve(given, env, coreSettings).values;
  expect(core({})).toEqual({ 'log.level': 'info', 'log.format': 'human' });
  expect(core({ 'logging.level': 'WARNING', 'system.logging-format': 'machine' })).toEqual({
    'log.level': 'warn',
    'log.format': 'json',
  });
  expect(core({}, { SENTRY_LOG_LEVEL: 'CRITICAL' })['log.level']).toBe('error');
  expect(resolve({ 'log.level': 'loud' }, {}, coreSettings).errors).toHaveLength(1);
});

test('a host: options of plugins and of core, the log set up from them', async () => {
  const plugin = definePlugin({ name: 'mail', settings: mail, setup() {} });
  await using host = createTestHost({
    config: {
      plugins: [plugin],
      services: { db: { run: image() } },
      options: { ...good, 'logging.level': 'error' },
    },
  });
  await host.host.initialize('up');
  expect(host.host.settings).toEqual({
    ...good,
    'mail.port': 25,
    'log.level': 'error',
    'log.format': 'human',
  });
  expect(messages(host)).toEqual([
    'logging.level is an old name: set the option log.level instead.',
  ]);
  host.host.log.info('not shown');
  host.host.log.error('shown');
  expect(messages(host).slice(1)).toEqual(['shown']);
});

test('a host without what is required does not begin', async () => {
  const plugin = definePlugin({ name: 'mail', settings: mail, setup() {} });
  await using host = createTestHost({
    config: { plugins: [plugin], services: { db: { run: image() } } },
  });
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_SETTING_REQUIRED');
  expect(error.message).toMatch(/mail\.from[^]*mail\.token/);
  expect(host.runner.calls).toEqual([]);
});
