import { resolveDuration } from 'devservices';
import type { ContainerRun, NormaliseContext, ResolvedRun } from 'devservices/runner';
import { createRefusal } from './field-error.ts';
import type { Refuse } from './field-error.ts';
import { readEnvFiles } from './read-env-files.ts';
import { resolveMount } from './resolve-mount.ts';
import type { ResolvedContainer, ResolvedHealthcheck } from './resolved-container.ts';
import { splitCommand } from './split-command.ts';

/**
 * Makes every default explicit and every path absolute, and reads `envFile`, so that two runs are
 * equal if and only if their containers would be. Throws DS_DOCKER_FIELD_INVALID.
 */
export function normaliseContainer(run: ContainerRun, context: NormaliseContext): ResolvedRun {
  const refuse = createRefusal(context.service);
  const { root } = context;
  const entrypoint = resolveArguments('entrypoint', run.entrypoint, refuse);
  const command = resolveArguments('command', run.command, refuse);
  if (command?.length === 0 && entrypoint === undefined) {
    throw refuse(
      'command',
      'is empty, which an engine takes for "as the image says": set entrypoint too',
    );
  }
  const resolved: ResolvedContainer = {
    kind: 'container',
    image: resolveImage(run.image ?? `${context.project.project}_${context.service}`, refuse),
    ...present({ command, entrypoint }),
    environment: { ...readEnvFiles(run.envFile ?? [], { root, refuse }), ...context.environment },
    volumes: (run.volumes ?? []).map((volume) => resolveMount(volume, { root, refuse })),
    tmpfs: listOf(run.tmpfs),
    labels: resolveLabels(run.labels ?? {}, refuse),
    aliases: run.aliases ?? [],
    extraHosts: (run.extraHosts ?? []).map((line) => resolveExtraHost(line, refuse)),
    restart: resolveRestart(run.restart ?? 'no', refuse),
    init: run.init ?? false,
    privileged: run.privileged ?? false,
    capAdd: run.capAdd ?? [],
    capDrop: run.capDrop ?? [],
    ulimits: resolveUlimits(run.ulimits ?? {}),
    sysctls: Object.fromEntries(
      Object.entries(run.sysctls ?? {}).map(([name, value]) => [name, String(value)]),
    ),
    stopGracePeriod: durationOf('stopGracePeriod', run.stopGracePeriod ?? '10s', refuse),
    ...present({
      user: run.user,
      workingDir: run.workingDir,
      hostname: run.hostname,
      healthcheck: run.healthcheck && resolveHealthcheck(run.healthcheck, refuse),
      platform: run.platform,
      shmSize: run.shmSize === undefined ? undefined : resolveBytes(run.shmSize, refuse),
      stopSignal: run.stopSignal,
    }),
  };
  return resolved;
}

function resolveArguments(
  field: string,
  value: string | readonly string[] | undefined,
  refuse: Refuse,
): readonly string[] | undefined {
  if (typeof value !== 'string') return value;
  const args = splitCommand(value);
  if (!args) throw refuse(field, 'has a quote that is not closed, or ends with a backslash');
  return args;
}

function resolveImage(image: string, refuse: Refuse): string {
  if (image.trim() === '' || /\s/.test(image)) throw refuse('image', 'is not the name of an image');
  return image;
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === 'string' ? [value] : (value ?? []);
}

function resolveLabels(
  labels: Readonly<Record<string, string>>,
  refuse: Refuse,
): Readonly<Record<string, string>> {
  const ours = Object.keys(labels).find((name) => name.startsWith('dev.devservices.'));
  if (ours !== undefined) throw refuse('labels', `sets ${ours}, which belongs to devservices`);
  return labels;
}

function resolveExtraHost(line: string, refuse: Refuse): string {
  const [, name, address] = /^([^\s:=]+)[:=](\S+)$/.exec(line) ?? [];
  if (!name || !address)
    throw refuse('extraHosts', `holds ${JSON.stringify(line)}, not name:address`);
  return `${name}:${address.replace(/^\[|\]$/g, '')}`;
}

function resolveRestart(
  restart: NonNullable<ContainerRun['restart']>,
  refuse: Refuse,
): NonNullable<ContainerRun['restart']> {
  if (/^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(restart)) return restart;
  throw refuse('restart', `is ${restart}, not no, always, unless-stopped or on-failure[:times]`);
}

function resolveUlimits(
  ulimits: NonNullable<ContainerRun['ulimits']>,
): ResolvedContainer['ulimits'] {
  return Object.fromEntries(
    Object.entries(ulimits).map(([name, limit]) => [
      name,
      typeof limit === 'number' ? { soft: limit, hard: limit } : limit,
    ]),
  );
}

function resolveHealthcheck(
  check: NonNullable<ContainerRun['healthcheck']>,
  refuse: Refuse,
): ResolvedHealthcheck {
  if (check.disable) return { test: ['NONE'] };
  const test = typeof check.test === 'string' ? ['CMD-SHELL', check.test] : check.test;
  const [first = ''] = test;
  if (!['CMD', 'CMD-SHELL', 'NONE'].includes(first) || (first !== 'NONE' && test.length < 2)) {
    throw refuse('healthcheck', 'has a test that does not begin with CMD, CMD-SHELL or NONE');
  }
  const ms = (name: 'interval' | 'timeout' | 'startPeriod') => {
    const value = check[name];
    return value === undefined ? undefined : durationOf(`healthcheck.${name}`, value, refuse);
  };
  return {
    test,
    ...present({
      interval: ms('interval'),
      timeout: ms('timeout'),
      retries: check.retries,
      startPeriod: ms('startPeriod'),
    }),
  };
}

function durationOf(field: string, value: string | number, refuse: Refuse): number {
  const ms = resolveDuration(value);
  if (ms === undefined) throw refuse(field, `is ${value}, which is no duration like 10s or 1m30s`);
  return ms;
}

const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
};

function resolveBytes(value: string | number, refuse: Refuse): number {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)\s*(b|[kmg]?)b?$/i.exec(String(value)) ?? [];
  if (amount === undefined) throw refuse('shmSize', `is ${value}, which is no size like 64mb`);
  return Math.round(Number(amount) * (unitBytes[unit.toLowerCase()] ?? 1));
}

function present<Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };
}
