import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';

import { createStoreCheckout, password } from '../rig/store-checkout.ts';

const declared = `
  { key: 'mail.from', schema: z.email(), default: 'dev@example.org', sensitivity: 'public' },
  { key: 'mail.port', schema: z.number().int().min(1).max(65535) },
  { key: 'mail.password', schema: z.string().min(8), sensitivity: 'secret' },`;

const cyrillicA = '\u{430}';

describe('options of a project', () => {
  const checkout = createStoreCheckout();
  const declare = (more = '') =>
    checkout.configure({ options: `{ declare: [${declared}${more}] }` });
  const get = async (...words: string[]) => {
    const { options } = await checkout.call('options', 'get', ...words);
    return options as Record<string, Record<string, unknown>>;
  };
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('what nobody has set has its default, and says so', async () => {
    declare();
    expect(await get()).toMatchObject({
      'mail.from': { isStored: false, effective: 'dev@example.org', sensitivity: 'public' },
      'mail.port': { isStored: false, sensitivity: 'internal' },
      'mail.password': { isStored: false, isRedacted: true, sensitivity: 'secret' },
    });
  });

  test('texts are given as they are, all else as JSON; the second time nothing changes', async () => {
    const set = async (key: string, value: string) =>
      (await checkout.call('options', 'set', key, value))['result'];
    expect(await set('mail.from', 'ada@example.org')).toMatchObject({ change: 'changed' });
    expect(await set('mail.from', 'ada@example.org')).toMatchObject({ change: 'unchanged' });
    expect(await set('mail.port', '2525')).toMatchObject({ change: 'changed' });
    expect(await get()).toMatchObject({
      'mail.from': { stored: 'ada@example.org', effective: 'ada@example.org' },
      'mail.port': { stored: 2525, effective: 2525 },
    });
    const shown = await checkout.task('options', ['get', 'mail.port']);
    expect(shown.stdout).toMatch(/mail\.port\s+2525\s+stored/);
    expect(shown.stdout).not.toContain('mail.from');
  });

  test('a secret comes from stdin, is shown where it is asked for, and is in no other file', async () => {
    const set = ['set', 'mail.password', '-'];
    const ran = await checkout.task('options', set, { stdin: `${password}\n` });
    expect(ran.exitCode, ran.stderr).toBe(0);
    expect((await get())['mail.password']).toEqual({
      isStored: true,
      isRedacted: true,
      sensitivity: 'secret',
    });
    const text = await checkout.task('options', ['get']);
    expect(text.stdout).toContain('(secret)');
    const open = await checkout.task('options', ['get', '--show-secrets']);
    expect(open.stdout).toContain(password);
    const folder = checkout.stateFolder();
    const having = readdirSync(folder)
      .filter((name) => readFileSync(join(folder, name), 'latin1').includes(password))
      .filter((name) => !name.startsWith('store.sqlite'));
    expect([ran, text].map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(password);
    expect(having).toEqual([]);
  });

  test('a secret on the command line is taken, and warned of without being repeated', async () => {
    const ran = await checkout.task('options', ['set', 'mail.password', password]);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toContain('history');
    expect(ran.stdout + ran.stderr).not.toContain(password);
  });

  test.each([
    ['a text for a number', ['mail.port', 'many'], 'mail.port takes'],
    ['a number that is too large', ['mail.port', '65536'], 'mail.port takes'],
    ['a fraction for an integer', ['mail.port', '2.5'], 'mail.port takes'],
    ['no address', ['mail.from', "x' or 1=1 --"], 'mail.from takes'],
    ['nothing', ['mail.port', ''], 'mail.port takes'],
    ['a secret that is too short', ['mail.password', 'short1'], 'mail.password takes'],
  ])('%s is refused, and what was stored counts', async (_, words, part) => {
    const before = checkout.storeBytes();
    const refusal = await checkout.refusal(['options', 'set', ...words]);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_OPTION_INVALID' });
    expect(refusal.message).toContain(part);
    expect(refusal.message).not.toContain('short1');
    expect(checkout.storeBytes() === before).toBe(true);
  });

  test.each([
    ['a misspelt one', 'set', ['mail.form', 'x'], 'Did you mean "mail.from"?'],
    ['a misspelt one', 'get', ['mail.form'], 'Did you mean "mail.from"?'],
    ['a look-alike', 'get', [`m${cyrillicA}il.from`], 'Did you mean "mail.from"?'],
    ['SQL', 'set', ["mail.from'; drop table devservices_option; --", 'x'], ''],
    ['two lines', 'set', ['mail.\nfrom', 'x'], String.raw`mail.\nfrom`],
    ['the prototype', 'set', ['__proto__', '{}'], ''],
    ['5,000 letters', 'set', ['k'.repeat(5000), 'x'], ''],
  ])('%s, %s: nobody declares it', async (_, command, words, part) => {
    const before = checkout.storeBytes();
    const refusal = await checkout.refusal(['options', command, ...words]);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_OPTION_UNKNOWN' });
    expect(refusal.message).toContain(part);
    expect(refusal.message.length).toBeLessThan(500);
    expect(checkout.storeBytes() === before).toBe(true);
  });

  test.each([
    ['no value', ['set', 'mail.from'], 'DS_ARGUMENT_MISSING'],
    ['no key', ['unset'], 'DS_ARGUMENT_MISSING'],
    ['a value too many', ['set', 'mail.port', '1', '2'], 'DS_ARGUMENT_UNEXPECTED'],
    ['a misspelt command', ['sett', 'mail.port', '1'], 'DS_TASK_COMMAND_UNKNOWN'],
    ['a misspelt flag', ['get', '--show-secret'], 'DS_ARGUMENT_UNKNOWN'],
  ])('%s', async (_, words, code) => {
    expect(await checkout.refusal(['options', ...words])).toMatchObject({ exitCode: 2, code });
  });

  test('one that nobody declares any more can be forgotten, once; so can a value that fits no more', async () => {
    declare(`{ key: 'mail.queue', schema: z.string() },`);
    await checkout.call('options', 'set', 'mail.queue', 'slow');
    declare();
    expect(await checkout.refusal(['options', 'get', 'mail.queue'])).toMatchObject({
      exitCode: 2,
      code: 'DS_OPTION_UNKNOWN',
    });
    const unset = async (key: string) => (await checkout.call('options', 'unset', key))['result'];
    expect(await unset('mail.queue')).toMatchObject({ change: 'changed' });
    expect(await unset('mail.queue')).toMatchObject({ change: 'unchanged' });

    checkout.configure({
      options: `{ declare: [{ key: 'mail.port', schema: z.enum(['low', 'high']), default: 'low' }] }`,
    });
    const { 'mail.port': port } = await get();
    expect(port).toMatchObject({ isStored: true, effective: 'low' });
    expect(port?.['problem']).toBeTruthy();
    await unset('mail.port');
    expect((await get())['mail.port']).toMatchObject({ isStored: false, effective: 'low' });
  });

  test.each([
    ['a key that no option has', `{ key: '1st', schema: z.string() }`, 'a key is'],
    [
      'a default that its schema refuses',
      `{ key: 'a', schema: z.string(), default: 1 }`,
      'default',
    ],
    ['no schema', `{ key: 'a', schema: {} }`, 'zod'],
  ])('a declaration with %s is refused', async (_, declaration, part) => {
    checkout.configure({ options: `{ declare: [${declaration}] }` });
    const refusal = await checkout.refusal(['options', 'get']);
    expect(refusal).toMatchObject({ exitCode: 2, code: 'DS_PLUGIN_OPTIONS_INVALID' });
    expect(refusal.message).toContain(part);
  });
});
