import { relative } from 'node:path';
import { resolveDuration } from '../duration.ts';
import { configErrors, type ConfigProblem } from '../errors/catalogue/config.ts';
import type { Service } from '../service/service.ts';
import { checkRuns } from './check-runs.ts';
import type { InlineTask, ResolvedConfig } from './config.ts';
import type { RunKinds } from './core-kinds.ts';
import { crossCheck } from './cross-checks.ts';
import { isMergeable } from './merge-tree.ts';
import { type Origins, originText } from './origins.ts';
import {
  blameSchema,
  type CheckedConfig,
  type ServiceFieldSchemas,
  withServiceFields,
} from './service-fields.ts';
import { type Finding, findingsOf } from './schema-problems.ts';
import { formatPath } from './value-path.ts';

export interface ConfigToValidate {
  /** What `mergeLayers` gave, or the draft that a `configure` tap has changed. */
  merged: object;
  origins: Origins;
  /** Schemas of runs by kind: core's own, and what plugins brought. */
  kinds: RunKinds;
  /** Fields of services that plugins brought. */
  serviceFields?: ServiceFieldSchemas;
  /** Folder of the configuration: files in messages are relative to it. */
  root: string;
  /** Name of the plugin whose `configure` tap changed `merged`. */
  blame?: string;
}

/**
 * Checks a merged configuration and makes what is left to default explicit. Every `run` is a record.
 * Throws one DS_CONFIG_INVALID (DS_PLUGIN_CONFIG_INVALID with `blame`) with all problems: where each value
 * was written, what was expected, what was found, and what a misspelt name meant.
 */
export function validateConfig(options: ConfigToValidate): ResolvedConfig {
  const config = options.blame === undefined ? options.merged : asWritten(options.merged);
  const given = config as Readonly<Record<string, unknown>>;
  const { schema, parsed } = parse(given, options.serviceFields);
  const runs = checkServices(given['services'], options.kinds);
  const problems = describeProblems(
    [
      ...options.origins.defects,
      ...runs.findings,
      ...(parsed.error === undefined
        ? []
        : findingsOf(parsed.error.issues, { schema, value: config, at: [] })),
      ...crossCheck(given, { isDraft: options.blame !== undefined }),
    ],
    options,
  );
  if (parsed.success && problems.length === 0) return resolve(parsed.data, runs.byService);
  if (options.blame === undefined) throw configErrors.create('DS_CONFIG_INVALID', { problems });
  throw configErrors.create('DS_PLUGIN_CONFIG_INVALID', { plugin: options.blame, problems });
}

function parse(given: Readonly<Record<string, unknown>>, fields?: ServiceFieldSchemas) {
  const schema = withServiceFields(fields);
  try {
    return { schema, parsed: schema.safeParse(given) };
  } catch (thrown) {
    throw blameSchema(thrown, given['services'], fields);
  }
}

/** Findings as they are told: each path once, with the file and line, variable, flag or plugin behind it. */
export function describeProblems(
  findings: readonly Finding[],
  { origins, root, blame }: Pick<ConfigToValidate, 'origins' | 'root' | 'blame'>,
): ConfigProblem[] {
  const told = new Map<string, ConfigProblem>();
  for (const { path, text } of findings) {
    const key = formatPath(path);
    if (told.has(key)) continue;
    const origin = blame === undefined ? origins.near(path) : undefined;
    const written = origin && originText(origin, (file) => shortest(root, file));
    told.set(key, { path: key, text, ...(written === undefined ? {} : { origin: written }) });
  }
  return [...told.values()];
}

function checkServices(
  services: unknown,
  kinds: RunKinds,
): { byService: Record<string, Record<string, unknown>>; findings: Finding[] } {
  if (!isMergeable(services)) return { byService: {}, findings: [] };
  const checked = Object.entries(services).flatMap(([name, service]) =>
    isMergeable(service)
      ? [{ name, ...checkRuns(name, service['run'], { kinds, services: Object.keys(services) }) }]
      : [],
  );
  return {
    byService: Object.fromEntries(checked.map(({ name, runs }) => [name, runs])),
    findings: checked.flatMap(({ findings }) => findings),
  };
}

function resolve(
  config: CheckedConfig,
  runs: Record<string, Record<string, unknown>>,
): ResolvedConfig {
  const services = Object.entries(config.services ?? {}).map(([name, service]) => [
    name,
    { ...service, run: runs[name] },
  ]);
  const tasks = Object.entries(config.tasks ?? {}).map(([name, task]): [string, InlineTask] => [
    name,
    typeof task === 'string' ? { command: task } : (task as InlineTask),
  ]);
  return {
    project: config.project ?? 'project',
    engine: resolveEngine(config.engine),
    services: Object.fromEntries(services) as Record<string, Service>,
    tasks: Object.fromEntries(tasks),
    permissions: config.permissions as ResolvedConfig['permissions'],
    options: config.options ?? {},
    hookTimeoutMs: resolveDuration(config.hookTimeout ?? '60s') ?? 60_000,
    telemetry: config.telemetry ?? true,
  };
}

/** The two things that `engine` says, whichever way it was written. */
function resolveEngine(given: CheckedConfig['engine']): ResolvedConfig['engine'] {
  const { url, start } = typeof given === 'string' ? { url: given } : { ...given };
  return { url, start: start ?? 'ask' };
}

// A draft is a resolved configuration: its one field of another name goes back to the name that is checked.
function asWritten(draft: object): object {
  const { hookTimeoutMs, ...rest } = draft as Partial<ResolvedConfig>;
  return hookTimeoutMs === undefined ? draft : { ...rest, hookTimeout: hookTimeoutMs };
}

function shortest(root: string, file: string): string {
  const path = relative(root, file);
  return path.startsWith('..') ? file : path;
}
