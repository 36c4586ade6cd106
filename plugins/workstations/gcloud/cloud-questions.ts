import type { WorkstationConfig, WorkstationScope } from '../contract.ts';
import { askGcloud } from './ask-gcloud.ts';
import { thrownForQuestion } from './failed-call.ts';
import type { GcloudContext, Outcome } from './gcloud-call.ts';
import {
  readConfig,
  readConfigs,
  readWorkstation,
  readWorkstations,
  type SeenConfig,
  type SeenWorkstation,
} from './read-answers.ts';
import {
  configPlace,
  describeScope,
  isWithin,
  placeFlags,
  type ResourcePath,
  wideFlags,
} from './resource-path.ts';

/** All workstations of a scope. */
export async function listWorkstations(
  context: GcloudContext,
  scope: WorkstationScope,
  signal: AbortSignal,
): Promise<SeenWorkstation[]> {
  const words = ['workstations', 'list', ...wideFlags(scope, ['region', 'cluster', 'config'])];
  const what = `list the workstations of ${describeScope(scope)}`;
  const all = answerOf(await askGcloud(context, { words, what, signal }, readWorkstations));
  return all
    .filter((one) => isWithin(scope, one.scope))
    .toSorted((a, b) => compare(a.name, b.name) || compare(a.id, b.id));
}

/** All configurations of a scope, whichever it names itself. */
export async function listConfigs(
  context: GcloudContext,
  { config: _config, ...scope }: WorkstationScope,
  signal: AbortSignal,
): Promise<WorkstationConfig[]> {
  const words = ['workstations', 'configs', 'list', ...wideFlags(scope, ['region', 'cluster'])];
  const what = `list the workstation configurations of ${describeScope(scope)}`;
  const all = answerOf(await askGcloud(context, { words, what, signal }, readConfigs));
  const order = ({ name, region, cluster }: SeenConfig) => `${name}/${region}/${cluster}`;
  return all
    .filter((one) => isWithin(scope, configPlace(one)))
    .toSorted((a, b) => compare(order(a), order(b)))
    .map(({ disks: _disks, ...config }) => config);
}

/** One workstation. */
export function describeWorkstation(
  context: GcloudContext,
  { name, scope }: { name: string; scope: ResourcePath },
  signal: AbortSignal,
): Promise<Outcome<SeenWorkstation>> {
  const words = ['workstations', 'describe', name, ...placeFlags(scope)];
  const what = `look at the workstation ${name} of the project ${scope.project}`;
  return askGcloud(context, { words, what, signal }, readWorkstation);
}

/** What is deleted with a workstation of that configuration, in words. */
export async function describeDisks(
  context: GcloudContext,
  { project, region, cluster, config }: ResourcePath,
  signal: AbortSignal,
): Promise<string[]> {
  const flags = [`--project=${project}`, `--region=${region}`, `--cluster=${cluster}`];
  const words = ['workstations', 'configs', 'describe', config, ...flags];
  const what = `look at the configuration ${config} of the project ${project}`;
  const outcome = await askGcloud(context, { words, what, signal }, readConfig);
  // Who may not see the configuration may delete all the same.
  if (!outcome.isDone) return ['everything on its disks'];
  return outcome.answer.disks
    .filter((disk) => disk.isDeleted)
    .map(({ mountPath, sizeGb }) => {
      const size = sizeGb === undefined ? '' : ` (${sizeGb} GB)`;
      return `the disk at ${mountPath}${size}`;
    });
}

function answerOf<Answer>(outcome: Outcome<Answer>): Answer {
  if (!outcome.isDone) throw thrownForQuestion(outcome);
  return outcome.answer;
}

// Names of Google Cloud are ASCII.
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
