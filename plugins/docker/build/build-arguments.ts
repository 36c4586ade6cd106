import { buildErrors } from './build-errors.ts';
import type { Builder } from './find-builder.ts';
import { labelsOf } from './image-labels.ts';
import type { ImageBuild, ResolvedBuild } from './resolved-build.ts';

/** How the builder is called. */
export interface BuilderCall {
  args: readonly string[];
  /** The Dockerfile's text, where it is no file. */
  stdin?: string;
}

/**
 * Says a build in the docker command line's words. Each value stands behind a `=` or the closing
 * `--`, so that none is taken for an option, and secrets are named by where they are. Pure.
 * Throws DS_BUILD_NEEDS_BUILDX.
 */
export function buildArguments(
  image: ImageBuild,
  { kind, name }: Pick<Builder, 'kind' | 'name'>,
  { pull, env }: { pull: boolean; env: Readonly<Record<string, string | undefined>> },
): BuilderCall {
  const { build, service } = image;
  const field = missingIn(kind, build);
  if (field !== undefined) {
    throw buildErrors.create('DS_BUILD_NEEDS_BUILDX', { service, field, found: name });
  }
  const inline = build.dockerfileInline;
  return {
    args: [
      ...(kind === 'buildx' ? ['buildx', 'build', '--load'] : ['build']),
      ...(kind === 'classic' ? ['--force-rm'] : ['--progress=plain']),
      ...option('tag', image.image),
      ...option('platform', image.platform),
      ...option('file', inline === undefined ? build.dockerfile : '-'),
      ...option('target', build.target),
      // What the builder can read from its environment is not shown to who lists processes.
      ...Object.entries(build.args ?? {}).flatMap(([key, value]) =>
        option('build-arg', env[key] === value ? key : `${key}=${value}`),
      ),
      ...pairs('label', { ...build.labels, ...labelsOf(image) }),
      ...Object.entries(build.secrets ?? {}).flatMap(([id, secret]) =>
        option('secret', secretLine(id, secret)),
      ),
      ...list('ssh', build.ssh),
      ...list('cache-from', build.cacheFrom),
      ...list('cache-to', build.cacheTo),
      ...option('network', build.network),
      ...list('add-host', build.extraHosts),
      ...option('shm-size', build.shmSize),
      ...pairs('build-context', build.additionalContexts),
      ...(build.noCache ? ['--no-cache'] : []),
      ...(pull ? ['--pull'] : []),
      '--',
      build.context,
    ],
    ...(inline === undefined ? {} : { stdin: inline }),
  };
}

function missingIn(kind: Builder['kind'], build: ResolvedBuild): string | undefined {
  if (kind === 'buildx') return undefined;
  if (build.cacheTo) return 'cacheTo';
  if (build.additionalContexts) return 'additionalContexts';
  if (build.cacheFrom?.some((entry) => entry.includes('='))) return 'cacheFrom';
  if (kind === 'buildkit') return undefined;
  return build.secrets ? 'secrets' : build.ssh ? 'ssh' : undefined;
}

function option(name: string, value: string | undefined): string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

function list(name: string, values: readonly string[] | undefined): string[] {
  return (values ?? []).flatMap((value) => option(name, value));
}

function pairs(name: string, values: Readonly<Record<string, string>> | undefined): string[] {
  return Object.entries(values ?? {}).flatMap(([key, value]) => option(name, `${key}=${value}`));
}

// The builder reads a line of comma-separated values, quoted as such lines are.
function secretLine(id: string, secret: { file: string } | { env: string }): string {
  const from = 'file' in secret ? `src=${secret.file}` : `env=${secret.env}`;
  return [`id=${id}`, from].map(quoted).join(',');
}

function quoted(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
