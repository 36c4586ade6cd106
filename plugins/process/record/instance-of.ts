import { identifyProcess, isAlive, type ProcessIdentity } from 'devservices/machine';
import type { Endpoints, Instance } from 'devservices/runner';
import { restartsAfter } from '../supervisor/restart-policy.ts';
import type { ProcessRecord } from './process-record.ts';
import { asProcess } from './resolved-process.ts';

/** How a process stands: what its record says, checked against the processes that there are. */
export type Standing = Pick<Instance, 'status' | 'generation' | 'exitCode'>;

/** A process as core sees it: its record, and how it stands at this moment. */
export function toInstance(record: ProcessRecord): Instance {
  const { target, life } = record;
  const standing = statusOf(record);
  const isRunning = standing.status === 'running';
  return {
    kind: target.run.kind,
    service: target.service,
    runKey: target.runKey,
    id: record.id,
    ...standing,
    spec: target.spec,
    endpoints: isRunning ? endpointsOf(record) : {},
    createdAt: record.createdAt,
    ...(life && { startedAt: life.startedAt }),
    ...(life?.endedAt !== undefined && { endedAt: life.endedAt }),
    ...(isRunning && record.readyGeneration === standing.generation && { isReady: true }),
    ...(record.gaveUp !== undefined && !isRunning && { note: record.gaveUp }),
    ...(record.isAttached && isRunning && { note: 'on the terminal of an attach' }),
  };
}

/**
 * How a process stands. One whose leader is gone without a word has exited, with a code that nobody
 * knows: its pid may be a stranger's by now, or of a time before this machine was started.
 */
export function statusOf(record: ProcessRecord): Standing {
  const { life } = record;
  if (!life) return { status: 'created', generation: record.id };
  const { leader, endedAt, exitCode } = life;
  const generation = leader ? generationOf(leader) : record.id;
  if (endedAt === undefined) {
    // Without a leader it is an intent: it is being started, or who wanted to is gone.
    if (!leader) return { status: 'created', generation };
    return { status: isAlive(leader, life.startedAt) ? 'running' : 'exited', generation };
  }
  return {
    status: willRestart(record) ? 'restarting' : 'exited',
    generation,
    ...(exitCode !== undefined && { exitCode }),
  };
}

/** New at each start: what was seen of a process is true of one generation only. */
export function generationOf({ bootId, pid, startTicks }: ProcessIdentity): string {
  return `${bootId}:${pid}:${startTicks}`;
}

function willRestart({ isStopped, gaveUp, isAttached, target, life }: ProcessRecord): boolean {
  if (isStopped || isAttached || gaveUp !== undefined) return false;
  // Nobody who wanted to start it again has outlived the machine's own restart.
  const { bootId } = identifyProcess(process.pid) ?? {};
  if (life?.leader && life.leader.bootId !== bootId) return false;
  return restartsAfter(asProcess(target.run), life?.exitCode);
}

function endpointsOf({ target: { ports } }: ProcessRecord): Endpoints {
  return Object.fromEntries(
    ports.map(({ name, host }) => [name, { host: '127.0.0.1', port: host }]),
  );
}
