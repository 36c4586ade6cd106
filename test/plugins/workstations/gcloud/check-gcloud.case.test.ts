import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { findGcloud, gcloudTests } from '../../../rig/find-gcloud.ts';
import { thrownBy } from '../../../rig/kernel.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { providerOnApi } from './provider-on-api.ts';

const { signal } = new AbortController();

/** Variables with which `gcloud` is this script. */
function gcloudIs(script: string): Readonly<Record<string, string>> {
  const folder = createTempFolder();
  const file = join(folder, 'gcloud');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return { PATH: `${folder}${delimiter}${process.env['PATH']}` };
}

const answers = (version: string, account: string): string =>
  `case "$*" in *version*) echo '${version}';; *) echo '${account}';; esac`;
const version = (text: string): string => JSON.stringify({ 'Google Cloud SDK': text });
const ada = JSON.stringify({ core: { account: 'ada@example.org' } });

const check = async (environment: Readonly<Record<string, string>>): Promise<void> => {
  await using on = providerOnApi({ environment });
  await on.provider.check(signal);
};

test('a gcloud that is not there, too old or of no known version is told with what mends it', async () => {
  expect(await thrownBy(check({ PATH: createTempFolder() }))).toMatchObject({
    code: 'DS_GCLOUD_MISSING',
    blame: 'environment',
    hint: expect.stringContaining('https://cloud.google.com/sdk/docs/install') as unknown,
  });
  expect(await thrownBy(check(gcloudIs(answers(version('463.0.0'), ada))))).toMatchObject({
    code: 'DS_GCLOUD_OLD',
    blame: 'environment',
    message: 'gcloud is of version 463.0.0; workstations need 464 or newer.',
    hint: expect.stringContaining('gcloud components update') as unknown,
  });
  expect(await thrownBy(check(gcloudIs(answers('{}', ada))))).toMatchObject({
    code: 'DS_GCLOUD_ANSWER',
  });
  await check(gcloudIs(answers(version('464.0.0'), ada)));
});

test('one without an account, or with an empty one, is not signed in', async () => {
  for (const account of ['null', '{}', '{"core":{"account":null}}', '{"core":{"account":""}}']) {
    const thrown = await thrownBy(check(gcloudIs(answers(version('528.0.0'), account))));
    expect(thrown, account).toMatchObject({
      code: 'DS_GCLOUD_SIGNED_OUT',
      blame: 'environment',
      hint: 'Run `gcloud auth login`.',
    });
  }
});

test('one that fails is told in its words, one that is silent after a minute', async () => {
  const thrown = await thrownBy(
    check(gcloudIs('echo "ERROR: broken beyond \\033[31mrepair" >&2; exit 3')),
  );
  expect(thrown).toMatchObject({ code: 'DS_GCLOUD_FAILED', blame: 'environment' });
  expect(thrown.message).toBe(
    'gcloud could not tell its version: broken beyond \u{fffd}[31mrepair',
  );

  const clock = createFakeClock();
  await using on = providerOnApi({ environment: gcloudIs('exec sleep 600') }, { clock });
  const silent = thrownBy(on.provider.check(signal));
  await vi.waitFor(() => expect(on.left().length).toBeGreaterThan(1), { timeout: 10_000 });
  await clock.advance(60_000);
  expect(await silent).toMatchObject({ code: 'DS_GCLOUD_FAILED', blame: 'environment' });
  await vi.waitFor(() => expect(on.left()).toEqual([]), { timeout: 30_000 });
});

describe.skipIf(findGcloud() === null)(`${gcloudTests}: who is signed in`, () => {
  const alone = (): Record<string, string> => ({
    CLOUDSDK_CONFIG: createTempFolder(),
    CLOUDSDK_CORE_ACCOUNT: '',
    CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: '',
  });

  test('is asked of it: nobody, an account, or whoever has a token', async () => {
    expect(await thrownBy(check(alone()))).toMatchObject({ code: 'DS_GCLOUD_SIGNED_OUT' });
    await check({ ...alone(), CLOUDSDK_CORE_ACCOUNT: 'ada@example.org' });
    const token = join(createTempFolder(), 'token');
    writeFileSync(token, 'a-token');
    await check({ ...alone(), CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: token });
  });

  test('nobody is, says a question too', async () => {
    const api = 'http://127.0.0.1:9/';
    const environment = { ...alone(), CLOUDSDK_API_ENDPOINT_OVERRIDES_WORKSTATIONS: api };
    await using on = providerOnApi({ environment });
    expect(await thrownBy(on.provider.list(signal))).toMatchObject({
      code: 'DS_GCLOUD_SIGNED_OUT',
      hint: 'Run `gcloud auth login`.',
    });
  });
});
