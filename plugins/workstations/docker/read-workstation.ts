import type { Workstation, WorkstationScope, WorkstationState } from '../contract.ts';
import { type Container, type Engine, askEngine } from './ask-engine.ts';
import { assertOurs, containerName, type Owner } from './own-names.ts';
import { statPath } from './container-files.ts';
import { pidFile } from './launch-script.ts';

export type Inspected = Awaited<ReturnType<Container['inspect']>>;

export interface Whose {
  engine: Engine;
  owner: Owner;
  name: string;
}

/** The container of a workstation; undefined where there is none. Throws DS_WORKSTATION_NAME_TAKEN. */
export async function findContainer(
  { engine, owner, name }: Whose,
  signal: AbortSignal,
): Promise<Inspected | undefined> {
  const called = containerName(owner, name);
  const found = await askEngine({ doing: `look at ${called}`, signal, unless: [404] }, () =>
    engine.getContainer(called).inspect({ abortSignal: signal }),
  );
  // Engines also find a container by the beginning of its id.
  if (found?.Name !== `/${called}` && found?.Name !== called) return undefined;
  assertOurs({ kind: 'container', called, labels: found.Config.Labels }, owner, name);
  return found;
}

/** How it stands. */
export async function toWorkstation(
  found: Inspected,
  { engine, name, scope }: Omit<Whose, 'owner'> & { scope: Required<WorkstationScope> },
  signal: AbortSignal,
): Promise<Workstation> {
  const { Status, ExitCode } = found.State;
  const state = states[Status] ?? 'unknown';
  const isUp = state === 'running' && (await isListening(engine, found, signal));
  return {
    name,
    provider: 'docker',
    state: state === 'running' && !isUp ? 'starting' : state,
    providerState: Status === 'exited' ? `exited (${ExitCode})` : Status,
    scope,
    id: found.Id,
    uid: found.Id,
    createdAt: found.Created,
  };
}

const states: Readonly<Record<string, WorkstationState>> = {
  created: 'stopped',
  running: 'running',
  restarting: 'starting',
  removing: 'stopping',
  stopping: 'stopping',
  paused: 'stopped',
  exited: 'stopped',
  dead: 'stopped',
  // Podman's words.
  configured: 'stopped',
  initialized: 'stopped',
  stopped: 'stopped',
};

/** By the file that sshd writes once it listens; one older than the end before is of an sshd that was killed. */
export async function isListening(
  engine: Engine,
  { Id, State }: Inspected,
  signal: AbortSignal,
): Promise<boolean> {
  const stat = await statPath(engine.getContainer(Id), pidFile, signal);
  if (!stat) return false;
  const endedMs = Date.parse(State.FinishedAt);
  return !(endedMs > 0) || Date.parse(stat.mtime) > endedMs;
}
