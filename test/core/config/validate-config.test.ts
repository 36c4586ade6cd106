import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Layer } from '../../../core/config/layer.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { type ConfigToValidate, validateConfig } from '../../../core/config/validate-config.ts';
import { container } from '../../../core/run/run.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import { secret } from '../../../core/secret.ts';
import { createRepo, errorOf, problemsOf } from './config-repo.ts';

const layerOf = (value: unknown): Layer => ({ name: 'flag', source: '--x', value });
const validate = (value: unknown, options: Partial<ConfigToValidate> = {}) =>
  validateConfig({
    ...mergeLayers([layerOf(value)]),
    root: '/repo',
    kinds: new Map(),
    ...options,
  });
/** Paths and texts of all problems. */
const problems = async (value: unknown, options?: Partial<ConfigToValidate>): Promise<string[]> =>
  (await problemsOf(() => validate(value, options))).map((line) => line.replace(' (--x)', ''));
const service = (fields: object): object => ({
  services: { db: { run: container({ image: 'x' }), ...fields } },
});
const run = (fields: object): object => service({ run: container({ image: 'x', ...fields }) });

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
      engine: undefined,
      permissions: undefined,
      hookTimeoutMs: 120_000,
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
      `services.Bad.run.docker.image (${ts}:13): Expected an image such as redis:8 or ghcr.io/org/app@sha256:…, found nothing.`,
      'services.db.autoStart ($DEVSERVICES__SERVICES__DB__AUTO_START): Expected true or false, found "maybe".',
      `services.db.dependsOn.0 (${ts}:10): There is no service "redsi". Did you mean "redis"?`,
      `services.db.ports.sql (${ts}:8): Expected a port from 1 to 65535, or a record, found 99999.`,
      `services.db.ready.kind (${ts}:9): Expected one of "http", "port", "log", "command", "healthcheck", "all", "none", found "prot". Did you mean "port"?`,
      `services.db.run.docker.envirnment (${ts}:7): There is no such setting. Did you mean "environment"?`,
      `services.db.run.docker.image (${ts}:7): Expected an image such as redis:8 or ghcr.io/org/app@sha256:…, found "Not An Image".`,
      'services.redis.onlyif (devservices.local.yaml:3): There is no such setting. Did you mean "onlyIf"?',
      `services.redis.run.contaner.kind (${ts}:12): Expected a kind of run that a plugin brings (container), found "contaner". Did you mean "container"?`,
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
});

describe('checks across fields', () => {
  const three = (a: object, b: object, c: object = {}): object => {
    const base = { run: container({ image: 'x' }) };
    return { services: { a: { ...base, ...a }, b: { ...base, ...b }, c: { ...base, ...c } } };
  };

  it('names every ring of dependencies and of tasks in full', async () => {
    expect(
      await problems(
        three({ dependsOn: ['b'] }, { dependsOn: { c: 'ready' } }, { dependsOn: ['a'] }),
      ),
    ).toEqual(['services.c.dependsOn.0: These wait for one another: a → b → c → a.']);
    expect(
      await problems({
        ...three({ dependsOn: ['a'] }, { dependsOn: { c: 'started' } }, { dependsOn: ['b'] }),
        tasks: { x: { command: 'x', needs: ['x'] } },
      }),
    ).toEqual([
      'services.a.dependsOn.0: These wait for one another: a → a.',
      'services.c.dependsOn.0: These wait for one another: b → c → b.',
      'tasks.x.needs.0: These wait for one another: x → x.',
    ]);
  });

  it('knows no service by a name that objects have by themselves', async () => {
    expect(await problems(three({ dependsOn: ['toString', 'valueOf'] }, {}))).toHaveLength(2);
  });

  it('knows the ports that readiness and templates name', async () => {
    const lines = await problems(
      three(
        {
          ports: { sql: 5432 },
          ready: ready.all(ready.port('sq'), ready.http('/', { port: 'web' })),
          exports: { URL: 'x://{address.sql}/{port.slq}' },
          run: container({
            image: 'x',
            environment: { H: '{host.sql}{host}{other.x}', P: '{port.none}' },
          }),
        },
        { ready: ready.port('any') },
      ),
    );
    expect(lines).toEqual([
      'services.a.ready.of.0.port: The service has no port "sq". Did you mean "sql"?',
      'services.a.ready.of.1.port: The service has no port "web". It has: sql.',
      'services.a.exports.URL: The service has no port "slq". Did you mean "sql"?',
      'services.a.run.docker.environment.P: The service has no port "none". It has: sql.',
      'services.b.ready.port: The service has no port "any". It has none.',
    ]);
  });

  it('refuses one port of this machine for two services that may meet', async () => {
    expect(
      await problems(three({ ports: { x: 80 } }, { ports: { y: { container: 1, host: 80 } } })),
    ).toEqual([
      "services.b.ports.y: Port 80 of this machine is also that of a.ports.x; use { container, host } or host: 'auto'.",
    ]);
    const apart = [
      three({ ports: { x: 80 } }, { ports: { y: { container: 80, host: 'auto' } } }),
      three({ ports: { x: 80 } }, { ports: { y: { container: 80, host: 81 } } }),
      three({ ports: { x: 80 } }, { ports: { y: { container: 80, protocol: 'udp' } } }),
      three({ ports: { x: 80 }, profiles: ['v1'] }, { ports: { y: 80 }, profiles: ['v2'] }),
    ];
    for (const value of apart) expect(() => validate(value)).not.toThrow();
  });

  it('refuses one variable exported by two services that a third depends on', async () => {
    const exports = { exports: { URL: 'x', [`A`]: 'y' } };
    expect(
      await problems(three(exports, { exports: { URL: 'z' } }, { dependsOn: ['a', 'b'] })),
    ).toEqual(['services.b.exports.URL: URL is also exported by a, and c depends on both.']);
    expect(() => validate(three(exports, exports, { dependsOn: ['a'] }))).not.toThrow();
  });
});

describe('runs of other kinds', () => {
  const kinds = new Map<string, z.ZodType>([
    ['process', z.object({ command: z.string().min(2), cwd: z.string().default('.') })],
    ['strict', z.strictObject({ kind: z.literal('strict'), size: z.enum(['small', 'large']) })],
  ]);

  it('are checked, and given defaults, by the schema of their plugin', () => {
    const value = service({
      run: { local: { kind: 'process', command: 'ls' }, s: { kind: 'strict', size: 'small' } },
    });
    expect(validate(value, { kinds }).services['db']?.run).toEqual({
      local: { kind: 'process', command: 'ls', cwd: '.' },
      s: { kind: 'strict', size: 'small' },
    });
  });

  it("have problems in the schema's words, with suggestions", async () => {
    const value = service({
      run: {
        a: { kind: 'process', command: 'l' },
        b: { kind: 'process' },
        c: { kind: 'strict', size: 'smal', sise: 1 },
        d: { kind: 'proces' },
      },
    });
    expect(await problems(value, { kinds })).toEqual([
      'services.db.run.a.command: Too small: expected string to have >=2 characters.',
      'services.db.run.b.command: Expected a text, found nothing.',
      'services.db.run.c.size: Expected one of "small", "large", found "smal". Did you mean "small"?',
      'services.db.run.c.sise: There is no such setting. Did you mean "size"?',
      'services.db.run.d.kind: Expected a kind of run that a plugin brings (container, process, strict), found "proces". Did you mean "process"?',
    ]);
  });
});

describe('after a configure tap', () => {
  it('takes a resolved configuration again as it was', () => {
    const { merged, origins } = mergeLayers([layerOf({ ...service({}), hookTimeout: '5s' })]);
    const kinds = new Map();
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
