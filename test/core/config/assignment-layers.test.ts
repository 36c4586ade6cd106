import { describe, expect, it } from 'vitest';
import { environmentLayers, flagLayers } from '../../../core/config/assignment-layers.ts';
import type { Layer } from '../../../core/config/layer.ts';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { container } from '../../../core/run/run.ts';
import { errorOf } from './config-repo.ts';

const layerOf = (value: unknown, index = 0): Layer => ({
  name: 'repo',
  source: `layer ${index}`,
  value,
});

describe('variables and flags', () => {
  const below = layerOf({
    services: {
      'my-db': {
        run: container({ image: 'a', stopGracePeriod: '1s', environment: { Foo: 'x', FOO: 'y' } }),
      },
    },
    options: { 'log.level': 'info' },
  });
  const withEnv = (env: Record<string, string>): Record<string, unknown> =>
    mergeLayers([below, ...environmentLayers(env)]).merged;
  const docker = (env: Record<string, string>): unknown =>
    (withEnv(env) as { services: { 'my-db': { run: { docker: unknown } } } }).services['my-db'].run
      .docker;

  it('has names of their own for project and engine, always texts', () => {
    expect(withEnv({ DEVSERVICES_PROJECT: '8080', DEVSERVICES_ENGINE: '' })).toMatchObject({
      project: '8080',
    });
    expect(withEnv({ DEVSERVICES_ENGINE: '' })).not.toHaveProperty('engine');
    expect(withEnv({ DEVSERVICES_OTHER: 'x', DEVSERVICES_SERVICES__A: 'x' })).toEqual(withEnv({}));
  });

  it('matches keys without regard to case, - and _', () => {
    const path = 'DEVSERVICES__SERVICES__MY_DB__RUN__DOCKER__';
    expect(docker({ [`${path}IMAGE`]: 'b', [`${path}STOP_GRACE_PERIOD`]: '5s' })).toMatchObject({
      image: 'b',
      stopGracePeriod: '5s',
    });
    expect(withEnv({ DEVSERVICES__OPTIONS__LOG__LEVEL: 'debug' })).toMatchObject({
      options: { 'log.level': 'debug' },
    });
  });

  it('takes new keys in camelCase, and variables as they are', () => {
    const path = 'DEVSERVICES__SERVICES__MY_DB__RUN__DOCKER__';
    expect(
      docker({
        [`${path}WORKING_DIR`]: '/x',
        [`${path}ENVIRONMENT__PG_USER`]: 'me',
        [`${path}ENVIRONMENT__FOO`]: 'z',
      }),
    ).toMatchObject({ workingDir: '/x', environment: { Foo: 'x', FOO: 'z', PG_USER: 'me' } });
  });

  it('removes by null and takes whole records', () => {
    expect(withEnv({ DEVSERVICES__SERVICES__MY_DB: 'null' })).toMatchObject({ services: {} });
    expect(withEnv({ DEVSERVICES__SERVICES: '{"x":{"run":{"kind":"vm"}}}' })).toMatchObject({
      services: { x: { run: { vm: { kind: 'vm' } } } },
    });
  });

  it.each(['DEVSERVICES__', 'DEVSERVICES__A____B', 'DEVSERVICES__A__'])(
    'refuses %s',
    async (name) => {
      const error = await errorOf(() => environmentLayers({ [name]: 'secret value' }));
      expect(error.code).toBe('DS_CONFIG_ASSIGNMENT');
      expect(error.message).not.toContain('secret value');
    },
  );

  it('lets flags win over variables, a later --set over an earlier one', () => {
    const path = 'services.my-db.run.docker.image';
    const { merged, origins } = mergeLayers([
      below,
      ...environmentLayers({ DEVSERVICES__SERVICES__MY_DB__RUN__DOCKER__IMAGE: 'b' }),
      ...flagLayers({ engine: 'e', set: [`${path}=c`, `${path}=d`, 'options.log.level=warn'] }),
    ]);
    expect(merged).toMatchObject({ engine: { url: 'e' }, options: { 'log.level': 'warn' } });
    expect(merged['services']).toMatchObject({ 'my-db': { run: { docker: { image: 'd' } } } });
    expect(origins.of(path)).toEqual({ layer: 'flag', source: `--set ${path}` });
    expect(origins.of('engine.url')).toEqual({ layer: 'flag', source: '--engine' });
    expect(origins.of('options.log.level')).toEqual({
      layer: 'flag',
      source: '--set options.log.level',
    });
  });
});
