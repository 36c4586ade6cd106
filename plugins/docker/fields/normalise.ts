import { splitCommand } from 'devservices/machine';
import type { ContainerRun, Healthcheck, NormaliseContext, ResolvedRun } from 'devservices/runner';
import { createRefusal } from './field-error.ts';
import type { Refuse } from './field-error.ts';
import { durationOf, listOf, present, recordOf } from './field-values.ts';
import { normaliseFiles } from './normalise-files.ts';
import { normaliseLimits } from './normalise-limits.ts';
import { normaliseNetwork } from './normalise-network.ts';
import { readEnvFiles } from './read-env-files.ts';
import { resolveMount } from './resolve-mount.ts';
import type { ResolvedContainer, ResolvedHealthcheck } from './resolved-container.ts';

/**
 * Makes every default explicit and every path absolute, and reads the files that it names, so that two
 * runs are equal if and only if their containers would be. Throws DS_DOCKER_FIELD_INVALID.
 */
export function normaliseContainer(run: ContainerRun, context: NormaliseContext): ResolvedRun {
  const refuse = createRefusal(context.service);
  const { root, files = { secrets: {}, configs: {} } } = context;
  const filesOf = (field: 'secrets' | 'configs') =>
    normaliseFiles(run[field], {
      field,
      root,
      contents: files[field],
      isRootReadOnly: run.readOnly === true,
      refuse,
    });
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
    labels: resolveLabels(run, { root, refuse }),
    restart: resolveRestart(run.restart ?? 'no', refuse),
    init: run.init ?? false,
    stopGracePeriod: durationOf('stopGracePeriod', run.stopGracePeriod ?? '10s', refuse),
    ...normaliseNetwork(run, refuse),
    ...normaliseLimits(run, { root, refuse }),
    ...present({
      pullPolicy: run.pullPolicy,
      user: run.user,
      workingDir: run.workingDir,
      secrets: filesOf('secrets'),
      configs: filesOf('configs'),
      annotations: run.annotations && recordOf('annotations', run.annotations, refuse),
      healthcheck: run.healthcheck && resolveHealthcheck(run.healthcheck, refuse),
      tty: run.tty || undefined,
      stdinOpen: run.stdinOpen || undefined,
      platform: run.platform,
      stopSignal: run.stopSignal,
      logging: run.logging && resolveLogging(run.logging, refuse),
      // On another network than the project's, its gateway is none of its business.
      needsGateway: (context.needsGateway && run.networkMode === undefined) || undefined,
    }),
  };
  // What is not used is absent, at any depth: types with optional fields are plain JSON all the same.
  return resolved as unknown as ResolvedRun;
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

function resolveLabels(
  { labels, labelFile = [] }: ContainerRun,
  { root, refuse }: { root: string; refuse: Refuse },
): Readonly<Record<string, string>> {
  const all = {
    ...readEnvFiles(labelFile, { field: 'labelFile', root, refuse }),
    ...recordOf('labels', labels, refuse),
  };
  const ours = Object.keys(all).find((name) => name.startsWith('dev.devservices.'));
  if (ours !== undefined) throw refuse('labels', `sets ${ours}, which belongs to devservices`);
  return all;
}

function resolveRestart(
  restart: NonNullable<ContainerRun['restart']>,
  refuse: Refuse,
): NonNullable<ContainerRun['restart']> {
  if (/^(no|always|unless-stopped|on-failure(:\d+)?)$/.test(restart)) return restart;
  throw refuse('restart', `is ${restart}, not no, always, unless-stopped or on-failure[:times]`);
}

function resolveHealthcheck(check: Healthcheck, refuse: Refuse): ResolvedHealthcheck {
  if (check.disable) return { test: ['NONE'] };
  const test = typeof check.test === 'string' ? ['CMD-SHELL', check.test] : check.test;
  const [first = ''] = test ?? ['NONE'];
  const isKnown = ['CMD', 'CMD-SHELL', 'NONE'].includes(first);
  if (!isKnown || (first !== 'NONE' && test !== undefined && test.length < 2)) {
    throw refuse('healthcheck', 'has a test that does not begin with CMD, CMD-SHELL or NONE');
  }
  const ms = (name: 'interval' | 'timeout' | 'startPeriod' | 'startInterval') => {
    const value = check[name];
    return value === undefined ? undefined : durationOf(`healthcheck.${name}`, value, refuse);
  };
  return present({
    test,
    interval: ms('interval'),
    timeout: ms('timeout'),
    retries: check.retries,
    startPeriod: ms('startPeriod'),
    startInterval: ms('startInterval'),
  });
}

function resolveLogging(
  { driver, options }: NonNullable<ContainerRun['logging']>,
  refuse: Refuse,
): NonNullable<ResolvedContainer['logging']> {
  return present({ driver, options: options && recordOf('logging.options', options, refuse) });
}
