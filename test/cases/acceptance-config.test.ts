import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { configure, sleeper } from '../rig/container-services.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe('config error', () => {
  // Nothing is asked of an engine: what cannot be read starts nothing.
  const checkout = createCheckout(null);
  afterAll(() => checkout[Symbol.asyncDispose]());

  test('all problems at once with file:line', async () => {
    checkout.write({
      'devservices.config.ts': [
        'export default {', // 1
        '  services: {',
        '    postgres: {',
        "      run: { kind: 'container', imagee: 'postgres:17' },", // 4
        "      ports: { sql: 'many' },", // 5
        '    },',
        '    api: {',
        "      run: { kind: 'container', image: 'api:1' },",
        "      dependsOn: ['postgre'],", // 9
        "      ready: { kind: 'htpt', path: '/' },", // 10
        '    },',
        '  },',
        '};',
        '',
      ].join('\n'),
      'devservices.local.ts': [
        'export default {',
        '  services: {',
        "    api: { run: { kind: 'container', image: 'api:1', restart: 'sometimes' } },", // 3
        '  },',
        '};',
        '',
      ].join('\n'),
    });
    const { exitCode, stderr } = await checkout.task('up');
    expect(exitCode).toBe(2);
    for (const place of [4, 5, 9, 10]) expect(stderr).toContain(`devservices.config.ts:${place}`);
    expect(stderr).toContain('devservices.local.ts:3');
    for (const hint of ['"image"', '"postgres"']) expect(stderr).toContain(hint);
    expect(stderr).not.toMatch(/^\s+at /m);
  });
});

describe.skipIf(engine === null)('a docker config that is no JSON', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  afterAll(() => checkout[Symbol.asyncDispose]());

  test.each([
    ['DOCKER_HOST', [], {}],
    ['--engine', ['--engine', engine.url], { DOCKER_HOST: undefined }],
  ])('corrupt docker config is untouched with %s', async (_, args, env) => {
    const folder = join(checkout.outside, 'home', '.docker');
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'config.json');
    writeFileSync(file, '{ "currentContext": "desktop-linux", "auths": {');
    const before = statSync(file);
    configure(checkout, { web: { run: sleeper(engine.images.tools) } });
    const home = join(checkout.outside, 'home');
    const { exitCode, stderr } = await checkout.task('up', args, {
      env: { HOME: home, DOCKER_CONFIG: undefined, ...env },
    });
    // Where the engine is known, nobody needs that file.
    expect(exitCode, stderr).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('{ "currentContext": "desktop-linux", "auths": {');
    expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });
});
