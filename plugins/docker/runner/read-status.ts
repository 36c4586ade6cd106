import type { Instance, InstanceStatus } from 'devservices/runner';

/** What the list's own words say of a container. */
export interface ReadStatus {
  status: InstanceStatus;
  exitCode?: number;
  health?: NonNullable<Instance['health']>;
}

const statuses: Readonly<Record<string, InstanceStatus>> = {
  created: 'created',
  running: 'running',
  paused: 'paused',
  restarting: 'restarting',
  exited: 'exited',
  removing: 'exited',
  // Podman's own: before the first start, and between a stop's request and its end.
  configured: 'created',
  initialized: 'created',
  stopping: 'running',
  dead: 'exited',
};

/**
 * Reads `State` and `Status` of a listed container: exit code and health are nowhere else in a list.
 *
 * @example readStatus('running', 'Up 3 seconds (health: starting)')
 * @example readStatus('exited', 'Exited (137) 2 hours ago')
 */
export function readStatus(state: string, text: string): ReadStatus {
  const status = statuses[state.toLowerCase()] ?? 'exited';
  const code = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(text)?.[1];
  const health = /\((?:health: )?(healthy|unhealthy|starting)\)/.exec(text)?.[1];
  return {
    status,
    ...(code === undefined ? {} : { exitCode: Number(code) }),
    ...(health === undefined ? {} : { health: health as NonNullable<Instance['health']> }),
  };
}
