import type { ServiceReport, StateName } from '../events.ts';
import type { CheckoutSummary } from '../identity/checkout.ts';
import { readReadyRecords } from '../identity/ready-records.ts';
import { isSeenReady } from '../run/is-seen-ready.ts';
import type { Instance } from '../run/runner.ts';
import type { Kernel } from './kernel.ts';
import { observeReachable } from './observe.ts';
import { plainReport } from './report-services.ts';
import { tellUnseen } from './tell-unseen.ts';

/** What runs of a project, in the shape in which `up` reports it. */
export interface ProjectStatus {
  project: string;
  checkout: string;
  root: string;
  services: Readonly<Record<string, ServiceReport>>;
}

/** Looks once; asks no service anything. */
export async function readStatus(kernel: Kernel): Promise<ProjectStatus> {
  const { found, unseen } = await observeReachable(kernel, await kernel.runners());
  tellUnseen(kernel, unseen);
  const { config, project, root } = kernel;
  const services: Record<string, ServiceReport> = {};
  for (const name of Object.keys(config?.services ?? {})) {
    services[name] = plainReport('stopped', 'unchanged', { code: 'absent', text: 'not there' });
  }
  for (const { instance } of found) {
    const state = stateOf(instance, kernel.state.readyGenerations[instance.service]);
    const isOrphan = config && !Object.hasOwn(config.services, instance.service);
    services[instance.service] = {
      ...plainReport(state, 'unchanged', reasonOf(instance, state)),
      ...(isOrphan ? { reason: { code: 'orphan', text: 'no longer in the configuration' } } : {}),
      runner: instance.runKey,
      endpoints: instance.status === 'running' ? instance.endpoints : {},
    };
  }
  return { project: project.project, checkout: project.checkout, root, services };
}

/** The same of another checkout of this machine, from labels and records alone. */
export function readOthers(kernel: Kernel, other: CheckoutSummary): Promise<ProjectStatus>[] {
  return other.projects.map((project) => {
    const ready = readReadyRecords(other, project).ready;
    return readStatus({
      ...kernel,
      root: other.root,
      config: undefined,
      project: { project, checkout: other.id },
      state: { ...kernel.state, readyGenerations: Object.fromEntries(ready) },
    });
  });
}

function stateOf(instance: Instance, readyGeneration: string | undefined): StateName {
  switch (instance.status) {
    case 'created':
      return 'pending';
    case 'restarting':
      return 'starting';
    case 'paused':
      return 'stopped';
    case 'exited':
      return instance.exitCode === 0 ? 'completed' : 'failed';
    case 'running':
      if (instance.health === 'unhealthy') return 'unhealthy';
      return isSeenReady(instance, readyGeneration) ? 'ready' : 'running';
    default:
      return instance.status satisfies never;
  }
}

function reasonOf({ exitCode, status, note }: Instance, state: StateName): ServiceReport['reason'] {
  if (status === 'exited')
    return { code: 'exited', text: note ?? `ended with exit code ${exitCode ?? 'unknown'}` };
  if (state === 'running') return { code: 'running', text: note ?? 'running, not seen ready' };
  return { code: state, text: note ?? state };
}
