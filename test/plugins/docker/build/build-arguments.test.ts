import { describe, expect, test } from 'vitest';
import { buildArguments } from '../../../../plugins/docker/build/build-arguments.ts';
import type { ImageBuild, ResolvedBuild } from '../../../../plugins/docker/build/resolved-build.ts';

const buildx = { kind: 'buildx', name: 'docker 28.2.2 with buildx 0.24.0' } as const;
const buildkit = { kind: 'buildkit', name: 'docker 20.10.24 without buildx' } as const;
const classic = { kind: 'classic', name: 'docker 28.2.2 without buildx' } as const;
const asked = { pull: false, env: {} };

function image(build: Partial<ResolvedBuild> = {}): ImageBuild {
  return {
    project: { project: 'shop', checkout: 'c0ffee' },
    service: 'api',
    image: 'shop_api',
    platform: undefined,
    build: { context: '/repo/api', ...build },
    hash: 'h1',
  };
}

const everything: ResolvedBuild = {
  context: '/repo/api',
  dockerfile: '/repo/api/Dockerfile.dev',
  args: { VERSION: '2' },
  target: 'dev',
  secrets: { npm: { env: 'NPM_TOKEN' }, cert: { file: '/repo/a,b "c".pem' } },
  ssh: ['default', 'git=/repo/key'],
  cacheFrom: ['shop/cache'],
  cacheTo: ['type=inline'],
  noCache: true,
  network: 'host',
  labels: { team: 'shop' },
  extraHosts: ['db:10.0.0.5'],
  shmSize: '64mb',
  additionalContexts: { shared: '/repo/shared' },
};

test('every field is said, and the labels that make the image ours', () => {
  const { args, stdin } = buildArguments(
    { ...image(everything), platform: 'linux/arm64' },
    buildx,
    { pull: true, env: {} },
  );
  expect(args).toEqual([
    'buildx',
    'build',
    '--load',
    '--progress=plain',
    '--tag=shop_api',
    '--platform=linux/arm64',
    '--file=/repo/api/Dockerfile.dev',
    '--target=dev',
    '--build-arg=VERSION=2',
    '--label=team=shop',
    '--label=dev.devservices.image=shop/c0ffee/api/h1',
    '--secret=id=npm,env=NPM_TOKEN',
    '--secret=id=cert,"src=/repo/a,b ""c"".pem"',
    '--ssh=default',
    '--ssh=git=/repo/key',
    '--cache-from=shop/cache',
    '--cache-to=type=inline',
    '--network=host',
    '--add-host=db:10.0.0.5',
    '--shm-size=64mb',
    '--build-context=shared=/repo/shared',
    '--no-cache',
    '--pull',
    '--',
    '/repo/api',
  ]);
  expect(stdin).toBeUndefined();
});

test('a value that begins with a dash stays a value', () => {
  const { args } = buildArguments(
    image({ target: '--output=/etc', args: { '--file': '-x' }, network: '-' }),
    buildkit,
    asked,
  );
  const strays = args.slice(1, args.indexOf('--')).filter((arg) => !/^--[a-z-]+(=|$)/.test(arg));
  expect(strays).toEqual([]);
  expect(args).toContain('--target=--output=/etc');
});

test('an argument that stands in the environment is named only', () => {
  const build = image({ args: { TOKEN: 'secret', OTHER: 'x' } });
  const { args } = buildArguments(build, buildkit, { pull: false, env: { TOKEN: 'secret' } });
  expect(args).toContain('--build-arg=TOKEN');
  expect(args).toContain('--build-arg=OTHER=x');
  expect(args.join(' ')).not.toContain('secret');
});

test('a Dockerfile in the configuration is read from stdin', () => {
  const { args, stdin } = buildArguments(
    image({ dockerfileInline: 'FROM alpine' }),
    buildkit,
    asked,
  );
  expect(args).toContain('--file=-');
  expect(stdin).toBe('FROM alpine');
});

describe('what the command line here can not do is told by the field', () => {
  test.each([
    [buildkit, { cacheTo: ['type=inline'] }, 'cacheTo'],
    [buildkit, { additionalContexts: { a: '/a' } }, 'additionalContexts'],
    [buildkit, { cacheFrom: ['type=gha'] }, 'cacheFrom'],
    [classic, { secrets: { a: { env: 'A' } } }, 'secrets'],
    [classic, { ssh: ['default'] }, 'ssh'],
  ] as const)('%o: %o', (builder, build, field) => {
    let thrown: unknown;
    try {
      buildArguments(image(build), builder, asked);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'DS_BUILD_NEEDS_BUILDX',
      facts: { service: 'api', field, found: builder.name },
    });
  });
  test('and what it can do is not', () => {
    const { args } = buildArguments(
      image({ secrets: { a: { env: 'A' } }, ssh: ['default'], cacheFrom: ['shop/cache'] }),
      buildkit,
      asked,
    );
    expect(args[0]).toBe('build');
  });
});
