import { describe, expect, it } from 'vitest';
import { mergeLayers } from '../../../core/config/merge-layers.ts';
import { createRepo, errorOf } from './config-repo.ts';

describe('loadLayers', () => {
  it('lays every layer over the one below, and each value knows where it was written', async () => {
    const repo = createRepo({
      'base/root.json': `{
        "services": { "db": { "run": { "docker": {
          "kind": "container", "image": "from-root", "user": "root", "hostname": "root" } } } }
      }`,
      'base/base.yaml': [
        'extends: ./root.json',
        'services:',
        '  db:',
        '    run:',
        '      docker:',
        '        user: base',
        '        workingDir: /base',
        '        platform: base',
        '        stopSignal: SIGBASE',
        '        shmSize: 1',
      ].join('\n'),
      'options.yaml': 'log:\n  level: file\n  format: json\n',
      'devservices.config.ts': [
        'interface Shape { services: object }',
        'const config = {',
        "  extends: ['./base/base.yaml'],",
        "  optionsFile: 'options.yaml',",
        "  options: { 'log.level': 'repo' },",
        '  services: {',
        '    db: {',
        "      run: { kind: 'container', workingDir: '/repo', platform: 'repo',",
        "        stopSignal: 'SIGREPO' },",
        '    },',
        '  },',
        '} satisfies Shape & Record<string, unknown>;',
        'export default config;',
      ].join('\n'),
      'devservices.local.js':
        "export default {\n services: { db: { run: { docker: {\n  platform: 'local', shmSize: 2 } } } } };",
      'sub/deep/x': '',
    });
    const path = 'services.db.run.docker';
    const { layers, root, files } = await repo.load({
      cwd: repo.path('sub/deep'),
      env: { DEVSERVICES__SERVICES__DB__RUN__DOCKER__SHM_SIZE: '3', DEVSERVICES_PROJECT: 'env' },
      flags: { set: [`${path}.stopSignal=SIGFLAG`] },
    });
    const { merged, origins } = mergeLayers(layers);

    expect(root).toBe(repo.root);
    expect(files.map((file) => file.slice(repo.root.length + 1)).toSorted()).toEqual([
      'base/base.yaml',
      'base/root.json',
      'devservices.config.ts',
      'devservices.local.js',
      'options.yaml',
    ]);
    expect(layers.map(({ name }) => name)).toEqual([
      'defaults',
      'extends',
      'extends',
      'options-file',
      'repo',
      'local',
      'environment',
      'environment',
      'flag',
    ]);
    expect(merged).toMatchObject({
      project: 'env',
      hookTimeout: '60s',
      options: { 'log.level': 'repo', 'log.format': 'json' },
      services: {
        db: {
          run: {
            docker: {
              kind: 'container',
              image: 'from-root',
              user: 'base',
              hostname: 'root',
              workingDir: '/repo',
              platform: 'local',
              shmSize: 3,
              stopSignal: 'SIGFLAG',
            },
          },
        },
      },
    });

    const fromFile = (layer: string, name: string, line: number): object => {
      const file = repo.path(name);
      return { layer, source: file, file, line };
    };
    expect(origins.of(`${path}.image`)).toEqual(fromFile('extends', 'base/root.json', 3));
    expect(origins.of(`${path}.user`)).toEqual(fromFile('extends', 'base/base.yaml', 6));
    expect(origins.of(`${path}.workingDir`)).toEqual(fromFile('repo', 'devservices.config.ts', 8));
    expect(origins.of(`${path}.platform`)).toEqual(fromFile('local', 'devservices.local.js', 3));
    expect(origins.of('options.log.format')).toEqual(fromFile('options-file', 'options.yaml', 3));
    expect(origins.of('options.log.level')).toEqual(fromFile('repo', 'devservices.config.ts', 5));
    expect(origins.of(`${path}.shmSize`)).toEqual({
      layer: 'environment',
      source: 'DEVSERVICES__SERVICES__DB__RUN__DOCKER__SHM_SIZE',
    });
    expect(origins.of(`${path}.stopSignal`)).toEqual({
      layer: 'flag',
      source: `--set ${path}.stopSignal`,
    });
    expect(origins.of('hookTimeout')).toEqual({ layer: 'defaults', source: 'built in' });
    expect(origins.of('services')).toMatchObject({ layer: 'flag' });
    expect(origins.of('services.nothing')).toBeUndefined();
    expect(origins.near('services.nothing')).toMatchObject({ layer: 'flag' });
  });

  it('reads the key of package.json, with its lines', async () => {
    const repo = createRepo({
      'package.json': '{\n "name": "x",\n "devservices": {\n  "engine": "tcp://e" }\n}',
    });
    const { merged, origins } = await repo.merge();
    expect(merged).toMatchObject({ engine: 'tcp://e', project: 'shop' });
    expect(origins.of('engine')).toMatchObject({ layer: 'repo', line: 4 });
  });

  it("leaves $import alone, which would be cosmiconfig's", async () => {
    const repo = createRepo({
      'devservices.config.json': '{"$import":"./other.json","project":"x"}',
      'other.json': '{"project":"other"}',
    });
    expect((await repo.merge()).merged).toMatchObject({ $import: './other.json', project: 'x' });
  });

  it('extends packages, also those that export for imports alone', async () => {
    const repo = createRepo({
      'devservices.config.json': '{"extends":["preset","@org/preset/strict"]}',
      'node_modules/preset/package.json': '{"main":"./config.json"}',
      'node_modules/preset/config.json': '{"engine":"preset","project":"preset"}',
      'node_modules/@org/preset/package.json':
        '{"exports":{"./strict":{"import":"./strict.yaml"}}}',
      'node_modules/@org/preset/strict.yaml': 'project: strict',
    });
    const { merged, origins } = await repo.merge();
    expect(merged).toMatchObject({ engine: 'preset', project: 'strict' });
    expect(origins.of('project')).toMatchObject({ layer: 'extends', line: 1 });
  });

  it('lays a file that several extend at its lowest place, once', async () => {
    const repo = createRepo({
      'devservices.config.json': '{"extends":["./a.json","./b.json"]}',
      'a.json': '{"extends":"./base.json","engine":"a"}',
      'b.json': '{"extends":"./base.json"}',
      'base.json': '{"engine":"base"}',
    });
    expect((await repo.merge()).merged).toMatchObject({ engine: 'a' });
    const names = (await repo.load()).layers.flatMap(({ file }) => file?.split('/').at(-1) ?? []);
    expect(names).toEqual(['base.json', 'a.json', 'b.json', 'devservices.config.json']);
  });

  it('names a ring of extends in full', async () => {
    const repo = createRepo({
      'devservices.config.json': '{"extends":"./a.yaml"}',
      'a.yaml': 'extends: [./b.json]',
      'b.json': '{"extends":"./a.yaml"}',
    });
    const error = await errorOf(() => repo.load());
    expect(error.code).toBe('DS_CONFIG_EXTENDS_CYCLE');
    const ring = ['a.yaml', 'b.json', 'a.yaml'].map((name) => repo.path(name));
    expect(error.message).toContain(ring.join(' → '));
  });

  it.each(['./missing.json', 'missing-preset'])(
    'says that %s cannot be extended',
    async (specifier) => {
      const repo = createRepo({
        'devservices.config.json': JSON.stringify({ extends: specifier }),
      });
      expect(await errorOf(() => repo.load())).toMatchObject({
        code: 'DS_CONFIG_EXTENDS_MISSING',
        facts: { specifier, file: repo.path('devservices.config.json') },
      });
    },
  );

  it.each([
    { extends: 5 },
    { extends: ['./a', {}] },
    { optionsFile: 'options.ts' },
    { optionsFile: true },
    { optionsFile: 'list.json' },
  ])('refuses %j', async (config) => {
    const repo = createRepo({
      'devservices.config.json': JSON.stringify(config),
      'list.json': '[1]',
    });
    expect((await errorOf(() => repo.load())).code).toBe('DS_CONFIG_INVALID');
  });

  it('says which file names an options file that is not there', async () => {
    const repo = createRepo({ 'devservices.config.json': '{"optionsFile":"none.yaml"}' });
    const error = await errorOf(() => repo.load());
    expect(error.code).toBe('DS_CONFIG_UNREADABLE');
    expect(error.message).toContain(`optionsFile of ${repo.path('devservices.config.json')}`);
  });
});
