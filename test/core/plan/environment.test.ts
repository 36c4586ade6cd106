import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import type { Run } from '../../../core/run/run.ts';
import { secret } from '../../../core/secret.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { image, thrownBy } from '../../rig/kernel.ts';

/** A host whose runner notes the environment that each service was given. */
function open(config: Config, env: Record<string, string> = {}) {
  const runner = createFakeRunner();
  const given: Record<string, Readonly<Record<string, string>>> = {};
  const noting = {
    ...runner,
    normalise(run: Run, context: Parameters<typeof runner.normalise>[1]) {
      given[context.service] = context.environment;
      return runner.normalise(run, context);
    },
  };
  const host = createTestHost({ config, env, runner: noting });
  return { host, given };
}

const textOf = ({ events }: TestHost) => JSON.stringify(events);

test('a container sees service:containerPort, the machine 127.0.0.1:hostPort', async () => {
  const [port] = await freePorts(1);
  const { host, given } = open({
    services: {
      db: {
        run: image(),
        ports: { sql: { container: 5432, host: port } },
        exports: ({ address, host: hostOf, port: portOf }) => ({
          DATABASE_URL: `postgres://${address('sql')}/app`,
          PGHOST: hostOf('sql'),
          PGPORT: portOf('sql'),
        }),
      },
      api: { run: image(), dependsOn: ['db'] },
      web: { run: image(), dependsOn: ['api'] },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['api']).toEqual({
    DATABASE_URL: 'postgres://db:5432/app',
    PGHOST: 'db',
    PGPORT: '5432',
  });
  expect(given['web']).toEqual({});
  expect(await host.host.exports()).toEqual({
    DATABASE_URL: `postgres://127.0.0.1:${port}/app`,
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
  });
});

test('exports are templates too; a service’s own environment wins, null leaves out', async () => {
  const [port] = await freePorts(1);
  const { host, given } = open({
    services: {
      cache: {
        run: image(),
        ports: { redis: { container: 6379, host: port } },
        exports: { REDIS_URL: 'redis://{address.redis}', CACHE: true, TTL: 5, GONE: null },
      },
      api: {
        run: image({
          environment: { REDIS_URL: 'redis://mine', OWN: '{host} {other}', NOTHING: null },
        }),
        dependsOn: ['cache'],
      },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['api']).toEqual({
    REDIS_URL: 'redis://mine',
    CACHE: 'true',
    TTL: '5',
    OWN: '{host} {other}',
  });
});

test('secrets come from values, variables, files and commands, and are seen nowhere', async () => {
  const { host, given } = open(
    {
      services: {
        db: {
          run: image({
            environment: {
              A: secret('value-secret'),
              B: secret({ env: 'MY_TOKEN' }),
              C: secret({ file: 'token.txt' }),
              D: secret({ command: [process.execPath, '-p', '"command-" + "secret"'] }),
            },
          }),
          exports: { TOKEN: secret({ env: 'MY_TOKEN' }) },
          onReady({ environment }) {
            throw new Error(`cannot log in with ${environment['TOKEN']} and value-secret`);
          },
        },
      },
    },
    { MY_TOKEN: 'env-secret' },
  );
  await using _ = host;
  writeFileSync(join(host.root, 'token.txt'), 'file-secret\n');
  const { errors } = await host.up();
  host.host.log.info('command-secret file-secret');
  expect(given['db']).toEqual({
    A: 'value-secret',
    B: 'env-secret',
    C: 'file-secret',
    D: 'command-secret',
  });
  expect(errors).toHaveLength(1);
  expect(textOf(host)).not.toMatch(/(value|env|file|command)-secret/);
  expect(textOf(host)).toContain('[redacted]');
});

test('a secret’s source is asked once a plan', async () => {
  const count = `require('fs').appendFileSync('asked', 'x'); console.log('s3cret')`;
  const token = secret({ command: [process.execPath, '-e', count] });
  const { host, given } = open({
    services: {
      db: { run: image({ environment: { T: token } }), exports: { TOKEN: token } },
      a: { run: image(), dependsOn: ['db'] },
      b: { run: image(), dependsOn: ['db'] },
    },
  });
  await using _ = host;
  await host.up();
  expect([given['a'], given['b']]).toEqual([{ TOKEN: 's3cret' }, { TOKEN: 's3cret' }]);
  expect(readFileSync(join(host.root, 'asked'), 'utf8')).toBe('x');
});

for (const [what, source, text] of [
  ['variable', { env: 'NOT_SET' }, '$NOT_SET: it is not set'],
  ['file', { file: 'gone.txt' }, 'gone.txt'],
  [
    'command',
    { command: [process.execPath, '-e', 'console.error("pw"); process.exit(3)'] },
    'it ended with 3',
  ],
] as const) {
  test(`a secret whose ${what} is not there is the environment’s, and nothing starts`, async () => {
    const { host } = open({
      services: { db: { run: image({ environment: { PASSWORD: secret(source) } }) } },
    });
    await using _ = host;
    const error = await thrownBy(host.up());
    expect(error['code']).toBe('DS_SECRET_UNAVAILABLE');
    expect(error.message).toContain('PASSWORD');
    expect(error.message).toContain(text);
    expect(error.message).not.toContain('pw');
    expect(resolveExitCode(asErrors(error))).toBe(3);
    expect(host.runner.calls).toEqual(['observe']);
  });
}

const broken: [string, () => unknown, string][] = [
  ['throws', () => (undefined as unknown as { x: string }).x, 'Cannot read properties'],
  ['gives nothing', () => undefined, 'it has to give a record'],
  ['is asynchronous', async () => ({ A: '1' }), 'it has to give a record'],
  ['gives a list', () => ['A'], 'it has to give a record'],
  ['gives an object as a value', () => ({ A: { b: 1 } }), 'A is an object'],
];
for (const [what, make, text] of broken) {
  for (const field of ['exports', 'environment'] as const) {
    test(`${field} that ${what} is the user’s to mend, and names the service`, async () => {
      const { host } = open({
        services: {
          db:
            field === 'exports'
              ? { run: image(), exports: make as never }
              : { run: image({ environment: make as never }) },
        },
      });
      await using _ = host;
      const error = await thrownBy(host.up());
      expect(error['code']).toBe('DS_SERVICE_FUNCTION');
      expect(error.message).toContain(`\`${field}\` of the service db failed: ${text}`);
      expect(resolveExitCode(asErrors(error))).toBe(2);
    });
  }
}

test('an unknown port in a function is named with what was meant', async () => {
  const [port] = await freePorts(1);
  const { host } = open({
    services: {
      db: { run: image(), ports: { sql: port }, exports: (book) => ({ P: book.port('sq') }) },
    },
  });
  await using _ = host;
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_PORT_UNKNOWN');
  expect(error.message).toContain('Did you mean "sql"?');
});
