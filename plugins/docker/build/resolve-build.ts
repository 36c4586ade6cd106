import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { BuildFields, ContainerRun, NormaliseContext } from 'devservices/runner';
import { createRefusal } from '../fields/field-error.ts';
import { buildErrors } from './build-errors.ts';
import { readStages } from './read-stages.ts';
import type { ResolvedBuild } from './resolved-build.ts';

export interface BuildSurroundings {
  service: string;
  /** Folder of the configuration. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
}

/**
 * Makes paths absolute and reads `args` that are null from the environment. What the configuration
 * got wrong is told before anything starts: throws DS_BUILD_CONTEXT_MISSING,
 * DS_BUILD_DOCKERFILE_MISSING, DS_BUILD_TARGET_UNKNOWN and DS_DOCKER_FIELD_INVALID.
 */
export function resolveBuild(
  { build: given, image }: ContainerRun,
  context: NormaliseContext,
  env: BuildSurroundings['env'],
): { build?: ResolvedBuild } {
  if (given === undefined) return {};
  const fields: BuildFields = typeof given === 'string' ? { context: given } : given;
  const refuse = createRefusal(context.service);
  if (image?.includes('@')) throw refuse('image', 'has a digest, which only a pulled image has');
  if (fields.dockerfile !== undefined && fields.dockerfileInline !== undefined) {
    throw refuse('build', 'has both a dockerfile and a dockerfileInline');
  }
  const place = { ...context, env };
  const absolute = (path: string) => resolve(context.root, path);
  const build = present<ResolvedBuild>({
    ...resolveSource(fields, place),
    args: mapValues(fields.args, (value, name) => (value === null ? env[name] : String(value))),
    target: fields.target,
    secrets: mapValues(fields.secrets, (secret) =>
      'file' in secret ? { file: absolute(secret.file) } : { env: secret.env },
    ),
    ssh: resolveSsh(fields.ssh, absolute),
    cacheFrom: fields.cacheFrom,
    cacheTo: fields.cacheTo,
    noCache: fields.noCache,
    network: fields.network,
    labels: fields.labels,
    extraHosts: fields.extraHosts?.map((line) => line.replace(/^([^:=]+)=/, '$1:')),
    shmSize: fields.shmSize === undefined ? undefined : String(fields.shmSize),
    additionalContexts: mapValues(fields.additionalContexts, (folder) =>
      isAddress(folder) ? folder : folderAt(absolute(folder), place),
    ),
  });
  return { build };
}

/** Whether a context is fetched by the builder: told by its beginning, as the docker CLI does. */
export function isAddress(context: string): boolean {
  return /^(?:[a-z][a-z-]*:\/\/|git@|github\.com\/)/.test(context);
}

function resolveSource(
  { context = '.', dockerfile, dockerfileInline, target }: BuildFields,
  place: BuildSurroundings,
): Pick<ResolvedBuild, 'context' | 'dockerfile' | 'dockerfileInline'> & { context: string } {
  const { root, service } = place;
  if (isAddress(context)) return present({ context, dockerfile, dockerfileInline });
  const folder = folderAt(resolve(root, context), place);
  const file = resolve(folder, dockerfile ?? 'Dockerfile');
  const text = dockerfileInline ?? readDockerfile(file, service);
  const { names, count } = readStages(text);
  const isKnown =
    target === undefined || names.includes(target.toLowerCase()) || Number(target) < count;
  if (!isKnown) {
    throw buildErrors.create('DS_BUILD_TARGET_UNKNOWN', { service, target, known: names });
  }
  return present({
    context: folder,
    dockerfile: dockerfile === undefined ? undefined : file,
    dockerfileInline,
  });
}

function folderAt(context: string, { service }: BuildSurroundings): string {
  if (statSync(context, { throwIfNoEntry: false })?.isDirectory()) return context;
  throw buildErrors.create('DS_BUILD_CONTEXT_MISSING', { service, context });
}

function readDockerfile(dockerfile: string, service: string): string {
  try {
    return readFileSync(dockerfile, 'utf8');
  } catch (thrown) {
    throw buildErrors.create('DS_BUILD_DOCKERFILE_MISSING', { service, dockerfile }, thrown);
  }
}

// `id=path[,path]`; an id alone stands for the agent of this session.
function resolveSsh(
  given: BuildFields['ssh'],
  absolute: (path: string) => string,
): readonly string[] | undefined {
  const lines = typeof given === 'string' ? [given] : given;
  return lines?.map((line) => {
    const [id = '', ...paths] = line.split('=');
    if (paths.length === 0) return id;
    return `${id}=${paths.join('=').split(',').map(absolute).join(',')}`;
  });
}

function mapValues<Value, Mapped>(
  given: Readonly<Record<string, Value>> | undefined,
  map: (value: Value, name: string) => Mapped | undefined,
): Record<string, Mapped> | undefined {
  const entries = Object.entries(given ?? {}).map(([name, value]) => [name, map(value, name)]);
  const known = entries.filter(([, value]) => value !== undefined);
  return known.length === 0 ? undefined : (Object.fromEntries(known) as Record<string, Mapped>);
}

// What is empty is left out, so that a first argument is one change and not two.
function present<Fields extends object>(fields: {
  [Name in keyof Fields]: Fields[Name] | undefined;
}): Fields {
  const entries = Object.entries(fields).filter(
    ([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(entries) as Fields;
}
