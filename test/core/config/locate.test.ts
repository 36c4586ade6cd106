import { rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { locateInFile } from '../../../core/config/locate.ts';
import { parsePath } from '../../../core/config/value-path.ts';
import { createRepo } from './config-repo.ts';

// A line ends with the paths that are to be found on it, so that a test shows both at once.
const cases = (text: string): [path: string, line: number][] =>
  text.split('\n').flatMap((line, index) =>
    (/(?:\/\/|#) ?@ (.*)$/.exec(line)?.[1] ?? '')
      .split(' ')
      .filter(Boolean)
      .map((path): [string, number] => [path, index + 1]),
  );

describe('locateInFile', () => {
  it.each([
    [
      'wrapped.ts',
      `
import { container, defineConfig, ready } from 'devservices';
const image = 'redis:8';
const redis = {
  run: container({
    image, // @ services.redis.run.docker.image services.redis.run.image
    user: \`x\`, // @ services.redis.run.docker.user
    healthcheck: { // @ services.redis.run.docker.healthcheck
      test: ['CMD', 'x'], // @ services.redis.run.docker.healthcheck.test
    },
  }),
  'ports': { redis: 6379 }, // @ services.redis.ports services.redis.ports.redis
  ready: ready.http('/', { port: 'x' }), // @ services.redis.ready services.redis.ready.port
  exports() { return {}; }, // @ services.redis.exports
} as const;
const common = { labels: { a: 'b' }, // @ services.api.run.docker.labels.a
  restart: 'no', // @ services.api.run.docker.restart
};
export default defineConfig({
  services: { // @ services
    redis, // @ services.redis
    ['api']: ({ // @ services.api
      run: { docker: container({ ...common, // @ services.api.run services.api.run.docker
        restart: 'always', ...common }) },
      profiles: [
        'one', // @ services.api.profiles.0
        'two', // @ services.api.profiles.1
      ],
    } satisfies object)!,
  },
  tasks: { build: 'make' }, // @ tasks.build tasks.build.command
  options: { 'log.level': 'x' }, // @ options.log.level
});
`,
    ],
    [
      'named.mts',
      'const config: object = {\n  engine: "e", // @ engine\n};\nexport { config as default };',
    ],
    ['common.js', 'module.exports = {\n  engine: "e", // @ engine\n};'],
    ['awaited.ts', 'export default await Promise.resolve({\n  engine: "e", // @ engine\n});'],
    [
      'doc.yaml',
      `
x: &base
  user: u # @ services.a.run.docker.user
services: # @ services
  a: # @ services.a
    run:
      docker: # @ services.a.run.docker
        <<: *base
        image: i # @ services.a.run.docker.image
    profiles:
      - one # @ services.a.profiles.0
  b: # @ services.b
    run:
      image: i # @ services.b.run.docker.image
`,
    ],
  ])('finds the lines of %s', (name, text) => {
    const file = createRepo().write(name, text);
    const found = cases(text).map(([path]) => [path, locateInFile(file, parsePath(path)).exact]);
    expect(found).toEqual(cases(text));
  });

  it('finds the lines of JSON, and keys with dots in them', () => {
    const text = '{\n  "a": {\n    "b.c": [\n      1,\n      { "d": 2 }\n    ]\n  }\n}';
    const file = createRepo().write('doc.json', text);
    expect(locateInFile(file, ['a', 'b.c', '1', 'd'])).toEqual({ exact: 5, nearest: 5 });
    expect(locateInFile(file, ['a', 'b', 'c'])).toEqual({ exact: 3, nearest: 3 });
  });

  it('knows only the nearest line of what is not written out', () => {
    const text =
      'const make = () => ({});\nexport default {\n  services: make(),\n  [String(1)]: 2,\n};';
    const file = createRepo().write('x.ts', text);
    expect(locateInFile(file, ['services', 'a', 'run'])).toEqual({ nearest: 3 });
    expect(locateInFile(file, ['1'])).toEqual({});
    expect(locateInFile(file, [])).toEqual({});
  });

  it('has no lines of a file that is gone, broken, or exports nothing', () => {
    const repo = createRepo();
    const file = repo.write('x.ts', 'export const a = 1;');
    expect(locateInFile(file, ['a'])).toEqual({});
    for (const broken of ['export default {{{', 'const a = b; const b = a; export default a;']) {
      writeFileSync(file, broken);
      expect(locateInFile(file, ['a'])).toEqual({});
    }
    rmSync(file);
    expect(locateInFile(file, ['a'])).toEqual({});
  });
});
