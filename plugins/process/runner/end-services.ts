import { rmSync } from 'node:fs';
import { type Clock, isDevServicesError } from 'devservices/machine';
import type { ProjectIdentity, RunnerEvent } from 'devservices/runner';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecord, removeRecord, statusOf, writeRecord } from '../record/records.ts';
import type { Supervisors } from './supervisors.ts';

export interface Ending {
  supervisors: Supervisors;
  clock: Clock;
  /** Tells who watches what no supervisor could tell. */
  tell(places: ProcessPlaces, event: RunnerEvent): void;
}

interface Asked {
  places: ProcessPlaces;
  record: ProcessRecord;
  signal: AbortSignal;
}

/** Stops a process and all that it started; by itself where no supervisor lives. Its record stays. */
export async function stopService(ending: Ending, asked: Asked): Promise<void> {
  // Of an attach no supervisor knows.
  const isAsked = !asked.record.isAttached && (await askSupervisor(ending, asked, 'stop'));
  if (!isAsked) await stopHere(ending, asked);
}

/**
 * Stops and forgets it, its logs and its relays too. With a checkout's last one its supervisor ends
 * before this resolves.
 */
export async function removeService(ending: Ending, asked: Asked): Promise<void> {
  const { places, record } = asked;
  const { service } = record.target;
  const { isAttached } = record;
  if (isAttached) await stopHere(ending, asked);
  const isAsked = await askSupervisor(ending, asked, 'remove');
  if (!isAsked) {
    if (!isAttached) await stopHere(ending, asked);
    removeRecord(places, service);
    const { removeLog } = await import('../logs/log-files.ts');
    removeLog(places.log(service));
    const { readRelays, writeRelays } = await import('../supervisor/relay-file.ts');
    const relays = readRelays(places);
    writeRelays(
      places,
      relays.filter((relay) => relay.service !== service),
    );
    ending.tell(places, { type: 'removed', service, id: record.id });
  }
  await leaveIfEmpty(ending, { ...asked, project: record.target.project });
}

/**
 * Ends the supervisor of a checkout that has no process service left, in any project; of one that was
 * killed, what it left behind goes.
 */
export async function leaveIfEmpty(
  { supervisors }: Pick<Ending, 'supervisors'>,
  { places, project, signal }: Pick<Asked, 'places' | 'signal'> & { project: ProjectIdentity },
): Promise<void> {
  const supervisor = await supervisors.find(places);
  try {
    if (supervisor) await supervisor.leave({ ifEmpty: true, signal });
    else if (supervisors.isEmpty(project)) {
      for (const path of [places.supervisor, places.socket]) rmSync(path, { force: true });
    }
  } catch (thrown) {
    // It ended by itself, or somebody else was quicker.
    if (!isLost(thrown)) throw thrown;
  }
}

/** False where no supervisor lives that could be asked. */
async function askSupervisor(
  { supervisors }: Ending,
  { places, record, signal }: Asked,
  what: 'stop' | 'remove',
): Promise<boolean> {
  const supervisor = await supervisors.find(places);
  if (!supervisor) return false;
  const { project, service } = record.target;
  try {
    await supervisor[what]({ project: project.project, service, id: record.id }, signal);
    return true;
  } catch (thrown) {
    if (isLost(thrown)) return false;
    // Somebody else removed it meanwhile.
    if (isDevServicesError(thrown) && thrown.code === 'DS_PROCESS_GONE') return true;
    throw thrown;
  }
}

async function stopHere({ clock, tell }: Ending, { places, record, signal }: Asked): Promise<void> {
  const { status } = statusOf(record);
  const { id, target } = record;
  // Whatever policy it has: nobody starts it again from now on.
  const asked = { ...record, isStopped: true };
  writeRecord(places, asked);
  const { endProcess } = await import('../ending/end-process.ts');
  await endProcess(asked, { clock, signal });
  const now = readRecord(places, target.service);
  if (now?.id !== id) return;
  const at = clock.now();
  if (now.life && now.life.endedAt === undefined) {
    writeRecord(places, { ...now, life: { ...now.life, endedAt: at } });
  }
  if (status !== 'running') return;
  tell(places, { type: 'exited', service: target.service, id, willRestart: false, at });
}

function isLost(thrown: unknown): boolean {
  return isDevServicesError(thrown) && thrown.code === 'DS_PROCESS_SUPERVISOR_LOST';
}
