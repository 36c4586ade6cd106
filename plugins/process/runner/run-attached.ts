import { randomBytes } from 'node:crypto';
import { type Clock, identifyProcess } from 'devservices/machine';
import type { AttachedRun, RunnerEvent } from 'devservices/runner';
import { commandOf, runBefore } from '../launch/spawn-process.ts';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecord, writeRecord } from '../record/records.ts';
import { asProcess } from '../record/resolved-process.ts';

export interface AttachedPlace {
  places: ProcessPlaces;
  clock: Clock;
  /** Tells who watches: no supervisor knows of it. */
  tell(places: ProcessPlaces, event: RunnerEvent): void;
  /** Forgets what ran before it, wherever it is known. */
  forget(record: ProcessRecord): Promise<void>;
}

/** A process on its caller's terminal, from when it runs. */
export interface AttachedProcess {
  record: ProcessRecord;
  /** Its exit status, noted by then. */
  ended: Promise<number>;
}

/**
 * Runs a process as a child of this one, on the caller's own streams and in the caller's process group,
 * whose terminal it has. Its record makes it known to everybody else; what it writes is in no log.
 * Throws what starting it throws, with nothing left running.
 */
export async function runAttached(
  place: AttachedPlace,
  prepared: ProcessRecord,
  { run, signal }: AttachedRun,
): Promise<AttachedProcess> {
  const { places } = place;
  const { target } = prepared;
  const record = await beginRecord(place, prepared);
  const before = { record, logFile: places.log(target.service), signal };
  for (const command of asProcess(target.run).before ?? []) await runBefore(command, before);
  signal.throwIfAborted();
  const { file, args, options } = commandOf(record);
  let started: (record: ProcessRecord) => void = () => {};
  const isStarted = new Promise<ProcessRecord>((resolve) => (started = resolve));
  let failure: { error: unknown } | undefined;
  const status = run([file, ...args], {
    cwd: options.cwd,
    env: options.env,
    ...(options.uid !== undefined &&
      options.gid !== undefined && { user: { uid: options.uid, gid: options.gid } }),
    onStart(pid) {
      try {
        started(noteStart(place, record, pid));
      } catch (error) {
        // What nobody could find again must not run.
        failure = { error };
        process.kill(pid, 'SIGKILL');
      }
    },
  });
  const ended = status.then((exitCode) => {
    if (failure) throw failure.error;
    noteEnd(place, record, exitCode);
    return exitCode;
  });
  const running = await Promise.race([isStarted, ended.then(() => isStarted)]);
  return { record: running, ended };
}

// An id that a supervisor knows is for it to start, when a file changed, for one.
async function beginRecord(place: AttachedPlace, prepared: ProcessRecord): Promise<ProcessRecord> {
  const { gaveUp: _, readyGeneration: __, ...lasting } = prepared;
  const isFresh = prepared.life === undefined;
  if (!isFresh) await place.forget(prepared);
  const record: ProcessRecord = {
    ...lasting,
    id: isFresh ? prepared.id : randomBytes(6).toString('hex'),
    restarts: 0,
    isStopped: false,
    isAttached: true,
    life: { hasGroup: false, startedAt: place.clock.now(), logOffset: 0 },
  };
  writeRecord(place.places, record);
  return record;
}

function noteStart({ places, tell, clock }: AttachedPlace, record: ProcessRecord, pid: number) {
  const { service } = record.target;
  const leader = identifyProcess(pid) ?? { pid, startTicks: '', bootId: '' };
  const life = { hasGroup: false, logOffset: 0, startedAt: clock.now(), leader };
  const running: ProcessRecord = { ...record, life };
  writeRecord(places, running);
  tell(places, { type: 'started', service, id: record.id });
  return running;
}

function noteEnd(
  { places, clock, tell }: AttachedPlace,
  { id, target }: ProcessRecord,
  exitCode: number,
) {
  const { service } = target;
  const at = clock.now();
  const now = readRecord(places, service);
  // Whoever stopped it elsewhere may have noted that, or have removed or started it again.
  if (now?.id === id && now.isAttached && now.life && now.life.endedAt === undefined) {
    writeRecord(places, { ...now, life: { ...now.life, endedAt: at, exitCode } });
  }
  tell(places, { type: 'exited', service, id, exitCode, willRestart: false, at });
}
