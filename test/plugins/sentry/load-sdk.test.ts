import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { container, isDevServicesError } from 'devservices';
import { sentry } from 'devservices/plugins/sentry';
import { expect, onTestFinished, test } from 'vitest';
import { createTestHost } from '../../../core/testing.ts';
import { findSdk } from '../../../plugins/sentry/load-sdk.ts';

const sinks = ['upstream', 'relay'];

/** A folder in which the SDK is installed as said. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'sdk-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeSdk(root, files);
  return root;
}

function writeSdk(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, 'node_modules/@sentry/core', path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  }
}

const outside = pathToFileURL(join(tmpdir(), 'nobody.ts')).href;
const manifest = (version: string) => ({ 'package.json': JSON.stringify({ version }) });

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'nothing';
  } catch (thrown) {
    return isDevServicesError(thrown) ? thrown.code : String(thrown);
  }
}

test('the repo’s own is found first, and loaded when it is asked for', () => {
  const files = { 'index.js': 'exports.own = 1;', 'server.js': 'exports.ServerRuntimeClient = 2;' };
  const root = folderWith({ ...manifest('11.99.0'), ...files });
  const found = findSdk(root, sinks);
  expect(found.version).toBe('11.99.0');
  expect(found.load()).toEqual({ own: 1, ServerRuntimeClient: 2 });
});

test('where the repo has none, the one beside this package', () => {
  expect(findSdk(folderWith({}), sinks).version).toMatch(/^11\./);
});

test('none, another major and a broken one are told apart', () => {
  expect(codeOf(() => findSdk(folderWith({}), sinks, outside))).toBe('DS_SENTRY_SDK_MISSING');
  const old = folderWith(manifest('7.120.3'));
  expect(codeOf(() => findSdk(old, sinks, outside))).toBe('DS_SENTRY_SDK_VERSION');
  const empty = folderWith({ 'package.json': '{' });
  expect(codeOf(() => findSdk(empty, sinks, outside))).toBe('DS_SENTRY_SDK_BROKEN');
  const throwing = folderWith({ ...manifest('11.0.0'), 'index.js': 'throw new Error("no")' });
  expect(codeOf(() => findSdk(throwing, sinks, outside).load())).toBe('DS_SENTRY_SDK_BROKEN');
});

for (const [what, files, code] of [
  ['another major', manifest('10.1.0'), /is installed as 10\.1\.0, and 11 is needed/],
  [
    'a broken one',
    { ...manifest('11.0.0'), 'index.js': 'throw new Error("no")' },
    /cannot be loaded: no/,
  ],
] as const) {
  test(`with ${what} there is one warning, and all else goes on`, async () => {
    const dsn = 'http://abc@127.0.0.1:9/1';
    await using host = createTestHost({
      config: {
        plugins: [sentry({ dsn })],
        services: { redis: { run: container({ image: 'redis:7' }) } },
      },
    });
    writeSdk(host.root, files);
    const { services, errors } = await host.up();
    expect(errors).toEqual([]);
    expect(services['redis']?.state).toBe('ready');
    await host.host.use('sentry').then((contract) => contract.captureMessage('x'));
    await host.close();
    const warnings = host.events.filter(
      (event) => event.event === 'message' && event.level === 'warn',
    );
    expect(warnings).toEqual([expect.objectContaining({ text: expect.stringMatching(code) })]);
    expect(JSON.stringify(warnings)).toContain('@sentry/core');
  });
}
