import type { Workstation, WorkstationProvider, WorkstationScope } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import type { WorkstationsOptions } from '../options.ts';
import type { OrderVerb } from './begin-order.ts';
import { checkGcloud } from './check-gcloud.ts';
import {
  describeDisks,
  describeWorkstation,
  listConfigs,
  listWorkstations,
} from './cloud-questions.ts';
import { thrownFor, transient } from './failed-call.ts';
import type { FailedCall, GcloudContext } from './gcloud-call.ts';
import { assertName, newCreation } from './new-creation.ts';
import { createOrders } from './orders.ts';
import type { SeenWorkstation } from './read-answers.ts';
import { pathOf, placeFlags, tellingFlags } from './resource-path.ts';

type Which = Pick<Workstation, 'name' | 'scope'>;

/**
 * Workstations of Google Cloud, by its CLI. `scope` names the cloud's project: what gcloud itself is set
 * to is never taken for it.
 *
 * @example const cloud = createGcloudProvider({ $, clock, log, scope: { project: 'shop-dev' }, options });
 */
export function createGcloudProvider({
  scope,
  options,
  ...context
}: GcloudContext & {
  scope: WorkstationScope;
  options: Pick<WorkstationsOptions['gcloud'], 'user' | 'folder'>;
}): WorkstationProvider {
  const orders = createOrders(context);
  let garbledLooks = 0;

  // One that is stopped and being changed is on its way to where it can be started.
  const stateOf = ({ isBeingChanged, ...seen }: SeenWorkstation): Workstation => {
    if (!isBeingChanged || seen.state !== 'stopped') return seen;
    return { ...seen, state: orders.isOpen(seen.id, 'create') ? 'starting' : 'stopping' };
  };

  const list = async (signal: AbortSignal): Promise<Workstation[]> =>
    (await listWorkstations(context, scope, signal)).map(stateOf);

  const give = (
    verb: OrderVerb,
    { name, scope: place }: Which,
    signal: AbortSignal,
  ): Promise<FailedCall | undefined> =>
    orders.give({ verb, name, path: pathOf(place, name), flags: placeFlags(place), signal });

  // Refused since it is so already, or about to be, is as good as taken.
  const giveUnless = async (
    states: readonly Workstation['state'][],
    order: { verb: 'start' | 'stop'; workstation: Workstation; signal: AbortSignal },
  ): Promise<void> => {
    const { verb, workstation, signal } = order;
    const refusal = await give(verb, workstation, signal);
    if (refusal === undefined) return;
    if (!isAboutState(refusal)) throw thrownFor(refusal);
    const now = await describeWorkstation(context, workstation, signal);
    if (!now.isDone) throw transient(refusal);
    if (states.includes(now.answer.state)) return;
    throw now.answer.isBeingChanged ? transient(refusal) : refusal.error;
  };

  return {
    name: 'gcloud',
    check: (signal) => checkGcloud(context, signal),
    configs: (signal) => listConfigs(context, scope, signal),
    list,
    async find(name, signal) {
      const found = (await list(signal)).filter((one) => one.name === name);
      if (found.length > 1) throw ambiguous(name, found);
      return found[0];
    },
    async describeNew(name, signal) {
      assertName(name);
      return newCreation(name, scope, await listConfigs(context, scope, signal));
    },
    async create(creation, { signal }) {
      const refusal = await give('create', creation, signal);
      if (refusal !== undefined && refusal.kind !== 'conflict') throw thrownFor(refusal);
    },
    async look(which, signal) {
      const outcome = await describeWorkstation(context, which, signal);
      garbledLooks = !outcome.isDone && outcome.kind === 'garbled' ? garbledLooks + 1 : 0;
      if (!outcome.isDone && outcome.kind !== 'not-found') {
        throw garbledLooks === 1 ? transient(outcome) : thrownFor(outcome);
      }
      const seen = outcome.isDone ? stateOf(outcome.answer) : undefined;
      await orders.judge(pathOf(which.scope, which.name), seen, signal);
      return seen;
    },
    start: (workstation, signal) =>
      giveUnless(['starting', 'running'], { verb: 'start', workstation, signal }),
    stop: (workstation, signal) =>
      giveUnless(['stopping', 'stopped'], { verb: 'stop', workstation, signal }),
    async delete(workstation, signal) {
      const refusal = await give('delete', workstation, signal);
      if (refusal === undefined || refusal.kind === 'not-found') return;
      throw isAboutState(refusal) ? transient(refusal) : thrownFor(refusal);
    },
    losses: (workstation, signal) => describeDisks(context, workstation.scope, signal),
    login: async () => ({ user: options.user, folder: options.folder }),
    tunnel: async ({ name, scope: place }, port) => {
      const words = ['workstations', 'start-tcp-tunnel', name, String(port)];
      // Port 0: it takes a free one itself, which nobody can win in between.
      const flags = ['--local-host-port=localhost:0', '--quiet', ...placeFlags(place)];
      return { command: ['gcloud', ...words, ...flags] };
    },
  };
}

const isAboutState = ({ kind }: FailedCall): boolean =>
  kind === 'conflict' || kind === 'precondition';

function ambiguous(name: string, workstations: readonly Workstation[]): Error {
  const places = workstations.map((one) => one.scope);
  const found = workstations.map(({ id, scope }) => ({
    path: id,
    flags: tellingFlags(scope, places),
  }));
  return workstationErrors.create('DS_WORKSTATION_AMBIGUOUS', { name, found });
}
