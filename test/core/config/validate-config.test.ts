import { describe, expect, it } from 'vitest';
import { loadCoreKinds } from '../../../core/config/core-kinds.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { validateConfig } from '../../../core/config/validate-config.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import { container } from '../../../core/run/run.ts';
import { secret } from '../../../core/secret.ts';
import { createRepo, errorOf, problemsOf } from './config-repo.ts';
import { layerOf, problems, run, service, validate } from './validating.ts';

const kinds = await loadCoreKinds();

describe('validateConfig', () => {
  it('makes defaults explicit and keeps everything that was given', () => {
    const exports = (): Record<string, string> => ({});
    const hidden = secret({ env: 'A' });
    const config = validate({
      project: 'shop',
      hookTimeout: '2m',
      services: {
        db: {
          run: container({ image: 'postgres:17', environment: { A: hidden, B: 1 } }),
          ports: { sql: 5432, ui: { container: 80, host: 'auto' } },
          ready: ready.all(ready.port('sql'), ready.http('/', { port: 'ui' })),
          exports,
        },
        api: { run: container({ image: 'api' }), dependsOn: { db: 'ready' } },
      },
      tasks: { build: 'make', test: { command: 'x', needs: ['build'] } },
      options: { 'log.level': { any: 1 } },
    });
    expect(config).toEqual({
      project: 'shop',
      engine: { url: undefined, start: 'ask' },
      permissions: undefined,
      hookTimeoutMs: 120_000,
      telemetry: true,
      services: {
        db: {
          run: {
            docker: { kind: 'container', image: 'postgres:17', environment: { A: hidden, B: 1 } },
          },
          ports: { sql: 5432, ui: { container: 80, host: 'auto' } },
          ready: ready.all(ready.port('sql'), ready.http('/', { port: 'ui' })),
          exports,
        },
        api: { run: { docker: { kind: 'container', image: 'api' } }, dependsOn: { db: 'ready' } },
      },
      tasks: { build: { command: 'make' }, test: { command: 'x', needs: ['build'] } },
      options: { 'log.level': { any: 1 } },
    });
    expect(config.services['db']?.exports).toBe(exports);
  });

  it('tells all problems at once, each with its file and line', async () => {
    const repo = createRepo({
      'devservices.config.ts': `
export default {
  projct: 'x',
  hookTimeout: 'soon',
  services: {
    db: {
      run: { kind: 'container', image: 'Not An Image', envirnment: {} },
      ports: { sql: 99999 },
      ready: { kind: 'prot' },
      dependsOn: ['redsi'],
    },
    redis: { run: { kind: 'contaner' } },
    Bad: { run: { docker: { kind: 'container' } } },
  },
};`,
      'devservices.local.yaml': 'services:\n  redis:\n    onlyif: true\n',
    });
    const found = await problemsOf(() =>
      repo.validate({
        env: { DEVSERVICES__SERVICES__DB__AUTO_START: 'maybe' },
        flags: { set: ['tasks.x=1'] },
      }),
    );
    const ts = 'devservices.config.ts';
    expect(found.toSorted()).toEqual([
      `hookTimeout (${ts}:4): Expected a duration such as '10s' or '1m30s', or milliseconds, found "soon".`,
      `projct (${ts}:3): There is no such setting. Did you mean "project"?`,
      `services.Bad (${ts}:13): Expected its key to be a name of a-z, 0-9, - and _ that begins with a letter or digit, up to 40 long.`,
      `services.Bad.run.docker (${ts}:13): Expected an image or a build, found neither.`,
      'services.db.autoStart ($DEVSERVICES__SERVICES__DB__AUTO_START): Expected true or false, found "maybe".',
      `services.db.dependsOn.0 (${ts}:10): There is no service "redsi". Did you mean "redis"?`,
      `services.db.ports.sql (${ts}:8): Expected a port from 1 to 65535, or a record, found 99999.`,
      `services.db.ready.kind (${ts}:9): Expected one of "http", "port", "log", "command", "healthcheck", "all", "none", found "prot". Did you mean "port"?`,
      `services.db.run.docker.envirnment (${ts}:7): There is no such setting. Did you mean "environment"?`,
      `services.db.run.docker.image (${ts}:7): Expected an image such as redis:8 or ghcr.io/org/app@sha256:…, found "Not An Image".`,
      'services.redis.onlyif (devservices.local.yaml:3): There is no such setting. Did you mean "onlyIf"?',
      `services.redis.run.contaner.kind (${ts}:12): Expected a kind of run that a plugin brings (container, process), found "contaner". Did you mean "container"?`,
      'tasks.x (--set tasks.x): Expected a non-empty text, or a record, found 1.',
    ]);
  });

  it('is one error of the user, with every problem in its message', async () => {
    const error = await errorOf(() => validate({ a: 1, b: 2 }));
    expect(error).toMatchObject({ code: 'DS_CONFIG_INVALID', blame: 'user' });
    expect(error.message).toContain('2 problems:\n  a (--x): ');
  });

  it.each([
    ['project', { project: 'Not A Name' }],
    ['services', { services: [] }],
    ['services.db', { services: { db: 5 } }],
    ['services.db.run', { services: { db: {} } }],
    ['services.db.run', service({ run: {} })],
    ['services.db.run', service({ run: 'x' })],
    ['services.db.run.image', service({ run: { image: 'x' } })],
    ['services.db.run.docker.kind', service({ run: { docker: { image: 'x' } } })],
    ['services.db.ports.a b', service({ ports: { 'a b': 1 } })],
    ['services.db.ports.a.host', service({ ports: { a: { container: 1, host: 0 } } })],
    [
      'services.db.ready.status',
      service({ ports: { a: 1 }, ready: { kind: 'http', path: '/', status: 99 } }),
    ],
    ['services.db.ready.path', service({ ports: { a: 1 }, ready: { kind: 'http', path: 'x' } })],
    ['services.db.ready.pattern', service({ ready: { kind: 'log', pattern: '(' } })],
    [
      'services.db.ready.of.0.command',
      service({ ready: { kind: 'all', of: [{ kind: 'command', command: [] }] } }),
    ],
    ['services.db.ready.of', service({ ready: { kind: 'all', of: [] } })],
    [
      'services.db.dependsOn.x.condition',
      {
        services: {
          x: { run: container({ image: 'x' }) },
          db: { run: container({ image: 'x' }), dependsOn: { x: { condition: 'go' } } },
        },
      },
    ],
    ['services.db.onReady.onFailure', service({ onReady: { run() {}, onFailure: 'x' } })],
    ['services.db.run.docker.volumes.0', run({ volumes: ['data'] })],
    ['services.db.run.docker.volumes.1', run({ volumes: ['data:/x', 'data:relative'] })],
    ['services.db.run.docker.extraHosts.0', run({ extraHosts: ['x'] })],
    ['services.db.run.docker.restart', run({ restart: 'sometimes' })],
    ['services.db.run.docker.stopGracePeriod', run({ stopGracePeriod: '10 parsecs' })],
    ['services.db.run.docker.shmSize', run({ shmSize: 'large' })],
    [
      'services.db.run.docker.labels.dev\\.devservices\\.x',
      run({ labels: { 'dev.devservices.x': '1' } }),
    ],
    ['services.db.run.docker.healthcheck.test', run({ healthcheck: { test: ['pg_isready'] } })],
    ['services.db.run.docker.environment.A', run({ environment: { A: ['x'] } })],
    ['services.db.run.docker.ulimits.nofile.hard', run({ ulimits: { nofile: { soft: 1 } } })],
    ['tasks.A B', { tasks: { 'A B': 'x' } }],
    ['permissions.net', { permissions: { net: 'x' } }],
    ['options', { options: [] }],
    ['plugins', { plugins: 'x' }],
  ])('refuses a bad %s', async (path, value) => {
    const [first, ...more] = await problems(value);
    expect(first?.slice(0, path.length + 1)).toBe(`${path}:`);
    expect(more).toEqual([]);
  });

  it.each([
    run({ volumes: ['data:/x', './a:/b:ro', '../a:/b', '/a:/b:ro,z', '.:/src', 'my_data.1:/x'] }),
    run({ image: 'localhost:5000/a/b_c/d-e:1.2@sha256:' + 'a'.repeat(64) }),
    run({ image: 'Registry.example.com/app' }),
    run({ restart: 'on-failure:3', stopSignal: 'SIGRTMIN+3', shmSize: '1.5gb', tmpfs: ['/tmp'] }),
    run({ environment: { A: null, B: true, C: 1.5, D: { $secret: { command: ['op', 'read'] } } } }),
    run({ environment: () => ({}), command: [], entrypoint: 'sh -c', ulimits: { nproc: -1 } }),
    run({ healthcheck: { test: 'x', interval: 500, disable: true } }),
    service({ onlyIf: async () => true, profiles: [], autoStart: false, onReady() {} }),
    service({ dependsOn: { gone: { condition: 'ready', required: false } } }),
    service({ engine: undefined, ready: undefined, exports: { A: '{"json":"{x}"}' } }),
    {},
  ])('takes %j', (value) => {
    const { engine: _, ...given } = ((value as { services?: { db: object } }).services?.db ??
      {}) as { engine?: unknown };
    expect(() =>
      validate(Object.keys(given).length > 0 ? { services: { db: given } } : value),
    ).not.toThrow();
  });

  it('never shows a secret, nor a password in an address', async () => {
    const lines = await problems({
      engine: ['tcp://u:hunter2@h'],
      project: 'https://u:hunter2@example.com/',
      services: {
        db: {
          run: container({
            image: 'x',
            environment: {
              A: { $secret: 'hunter2' },
              B: { $secret: { value: 'hunter2', more: 'hunter2' } },
            } as never,
          }),
        },
      },
    });
    expect(lines).toHaveLength(4);
    expect(lines.join('\n')).not.toContain('hunter2');
  });

  it('suggests the service that a lone override meant', async () => {
    expect(
      await problems({
        services: { postgres: { run: container({ image: 'x' }) }, postgers: { ports: { a: 1 } } },
      }),
    ).toEqual(['services.postgers.run: Expected a run, found nothing. Did you mean "postgres"?']);
  });

  // As after a change of branch, with a devservices.local.ts for both.
  it('says that a lone override of a run changes a service that is not there', async () => {
    const postgres = { run: container({ image: 'x' }) };
    const change = { run: { docker: { image: 'y' } } };
    expect(await problems({ services: { postgres, redis: change, postgers: change } })).toEqual([
      'services.redis.run.docker.kind: Expected a kind of run that a plugin brings (container, process), found nothing. No layer says how redis runs: it may be gone from the configuration.',
      'services.postgers.run.docker.kind: Expected a kind of run that a plugin brings (container, process), found nothing. No layer says how postgers runs. Did you mean "postgres"?',
    ]);
  });
});

describe('after a configure tap', () => {
  it('takes a resolved configuration again as it was', () => {
    const { merged, origins } = mergeLayers([layerOf({ ...service({}), hookTimeout: '5s' })]);
    const draft = validateConfig({ merged, origins, root: '/', kinds });
    expect(validateConfig({ merged: draft, origins, root: '/', kinds, blame: 'mail' })).toEqual(
      draft,
    );
  });

  it('blames the plugin that left a problem behind', async () => {
    const draft = validate(service({}));
    Object.assign(draft.services, { extra: { run: 5 } });
    const act = () => validate({}, { merged: draft, blame: 'mail' });
    const error = await errorOf(act);
    expect(error).toMatchObject({ code: 'DS_PLUGIN_CONFIG_INVALID', blame: 'plugin' });
    expect(error.message).toContain('plugin mail');
    expect(await problemsOf(act)).toEqual([
      'services.extra.run: Expected a run, or a record of runs, found 5.',
    ]);
  });
});
