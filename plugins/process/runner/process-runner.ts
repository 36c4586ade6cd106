import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { systemClock } from 'devservices/machine';
import type {
  Availability,
  Instance,
  ProcessRun,
  ProjectIdentity,
  ResolvedRun,
  Runner,
  RunnerContext,
} from 'devservices/runner';
import { processErrors } from '../errors.ts';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecord, readRecords, statusOf, toInstance, writeRecord } from '../record/records.ts';
import { asProcess } from '../record/resolved-process.ts';
import { leaveIfEmpty, removeService, stopService } from './end-services.ts';
import { ensureDataFolder, listDataFolders, removeDataFolder } from './kept-folders.ts';
import { createPrograms } from './programs.ts';
import { readConcluded } from './read-concluded.ts';
import { startRequestOf } from './start-request.ts';
import { startService } from './start-service.ts';
import { createSupervisors } from './supervisors.ts';
import { createWatches } from './watch.ts';

export interface ProcessRunnerOptions extends Pick<
  RunnerContext,
  'root' | 'cacheFolder' | 'stateHome' | 'runtimeFolder'
> {
  /** What processes that are started get besides their own variables. */
  env: Readonly<Record<string, string | undefined>>;
  platform?: NodeJS.Platform;
}

/**
 * Runs services as processes of this machine. How they stand is read from their records and the process
 * table; a supervisor is started with the first that is started, and asked from then on.
 *
 * @example const runner = createProcessRunner({ root, cacheFolder, stateHome, runtimeFolder, env });
 */
export function createProcessRunner(options: ProcessRunnerOptions): Runner {
  const { stateHome, platform = process.platform } = options;
  const clock = systemClock;
  const closing = new AbortController();
  const supervisors = createSupervisors(options);
  const watches = createWatches({ find: supervisors.find, clock });
  const programs = createPrograms(options);
  const ending = { supervisors, clock, tell: watches.tell };
  const homes = new Map<string, ProjectIdentity>();

  const noted = (project: ProjectIdentity, record: ProcessRecord): Instance => {
    homes.set(record.id, project);
    return toInstance(record);
  };
  /** Where an instance's record is, if it is still there. */
  const find = ({
    id,
    service,
  }: Instance): { places: ProcessPlaces; record: ProcessRecord } | undefined => {
    const project = homes.get(id);
    if (!project) return undefined;
    const places = supervisors.placesOf(project);
    const record = readRecord(places, service);
    return record?.id === id ? { places, record } : undefined;
  };
  const assertThere = (instance: Instance) => {
    const found = find(instance);
    if (found) return found;
    throw processErrors.create('DS_PROCESS_GONE', { service: instance.service });
  };
  const ensureSupervisor = async (project: ProjectIdentity, signal: AbortSignal) => {
    const supervisor = await supervisors.ensure(project, signal);
    // Whoever watches hears of everything that it starts.
    await watches.settled(supervisors.placesOf(project));
    return supervisor;
  };

  return {
    kind: 'process',
    available: () => Promise.resolve(availability(platform)),
    canRun: (run, context, signal) => programs.canRun(run, context, signal),
    async normalise(run, context) {
      const { normaliseProcess } = await import('./normalise.ts');
      return normaliseProcess({ programs, stateHome }, run as ProcessRun, context);
    },
    restartsAfter,
    async observe(project, signal) {
      const places = supervisors.placesOf(project);
      const hasSupervisor = async () => (await supervisors.find(places)) !== undefined;
      const records = await readConcluded(places, { clock, signal, hasSupervisor });
      return { instances: records.map((record) => noted(project, record)), foreign: [] };
    },
    async tend(project, signal) {
      const places = supervisors.placesOf(project);
      if (!readRecords(places).some(needsSupervisor)) return;
      if (!(await supervisors.find(places))) await ensureSupervisor(project, signal);
    },
    async ensureProject(project, signal) {
      await ensureSupervisor(project, signal);
    },
    async prepare(target, { signal }) {
      const { project, service, runKey, run } = target;
      const places = supervisors.placesOf(project);
      const before = readRecord(places, service);
      if (before) await stopService(ending, { places, record: before, signal });
      const { dataFolder: path, user } = asProcess(run);
      if (path !== undefined) {
        ensureDataFolder(
          { stateHome },
          { project, service, runKey },
          { path, ...(user && { user }) },
        );
      }
      const record: ProcessRecord = {
        v: 1,
        ...startRequestOf(target, randomBytes(6).toString('hex'), options.env),
        createdAt: clock.now(),
        restarts: 0,
        isStopped: false,
      };
      writeRecord(places, record);
      return noted(project, record);
    },
    start: (target, instance, signal) =>
      startService(
        { ensureSupervisor, placesOf: supervisors.placesOf },
        {
          request: startRequestOf(target, instance.id, options.env),
          signal,
        },
      ),
    async runAttached(target, instance, attached) {
      const { places, record } = assertThere(instance);
      const { runAttached } = await import('./run-attached.ts');
      const place = {
        places,
        clock,
        tell: watches.tell,
        forget: (before: ProcessRecord) =>
          removeService(ending, { places, record: before, signal: attached.signal }),
      };
      const prepared = { ...record, ...startRequestOf(target, record.id, options.env) };
      const { record: running, ended } = await runAttached(place, prepared, attached);
      return { instance: noted(target.project, running), ended };
    },
    async stop(instance, { signal }) {
      const found = find(instance);
      if (found) await stopService(ending, { ...found, signal });
    },
    async remove(instance, signal) {
      const found = find(instance);
      if (found) await removeService(ending, { ...found, signal });
      homes.delete(instance.id);
    },
    listData: (project, services) =>
      Promise.resolve(listDataFolders({ stateHome }, project, services)),
    removeData: async (found) => removeDataFolder({ stateHome }, found),
    address: ({ port }, from) => ({
      host: from === 'container' ? 'host.docker.internal' : '127.0.0.1',
      port: port.host,
    }),
    async listens(instance, port, signal) {
      const found = find(instance);
      if (!found) return false;
      const { checkListening } = await import('./probe-parts.ts');
      return checkListening(found.record, port, signal);
    },
    async probeAddress(instance, port, signal) {
      const { record } = assertThere(instance);
      const { findProbeAddress } = await import('./probe-parts.ts');
      return findProbeAddress(record, port, signal);
    },
    async *logs(instance, log) {
      const found = find(instance);
      if (!found) return;
      const { readProcessLog } = await import('./read-process-log.ts');
      const signal = AbortSignal.any([log.signal, closing.signal]);
      yield* readProcessLog({ places: found.places, clock }, instance, { ...log, signal });
    },
    async exec(instance, command, signal) {
      const { record } = assertThere(instance);
      const { execBeside } = await import('./exec-beside.ts');
      return execBeside(record, command, signal);
    },
    async execAttached(instance, command) {
      const { record } = assertThere(instance);
      const { execAttachedBeside } = await import('./exec-attached.ts');
      return execAttachedBeside(record, command);
    },
    watch: (project, signal) =>
      watches.open(
        project,
        supervisors.placesOf(project),
        AbortSignal.any([signal, closing.signal]),
      ),
    async dropProject(project, signal) {
      const places = supervisors.placesOf(project);
      await leaveIfEmpty(ending, { places, project, signal });
      if (readRecords(places).length === 0) rmSync(places.folder, { recursive: true, force: true });
    },
    async relay(route, signal) {
      const supervisor = await ensureSupervisor(route.project, signal);
      await supervisor.relay(route, signal);
    },
    async portOwner(port) {
      const { findPortOwner } = await import('./find-port-owner.ts');
      return findPortOwner(port);
    },
    async stats(instance) {
      const found = find(instance);
      return found && (await import('./read-stats.ts')).readStats(found.record);
    },
    async diagnose() {
      const { diagnoseProcesses } = await import('./diagnose.ts');
      return diagnoseProcesses(options);
    },
    close() {
      closing.abort();
      return Promise.resolve();
    },
  };
}

function availability(platform: NodeJS.Platform): Availability {
  if (platform !== 'win32') return { available: true };
  return { available: false, error: processErrors.create('DS_PROCESS_PLATFORM', { platform }) };
}

function restartsAfter(run: ResolvedRun, exitCode: number): boolean {
  const { restart } = asProcess(run);
  return restart === 'on-failure' ? exitCode !== 0 : restart !== 'no';
}

// Of an attach, its caller is what looks after it.
function needsSupervisor(record: ProcessRecord): boolean {
  const { status } = statusOf(record);
  return record.isAttached !== true && (status === 'running' || status === 'restarting');
}
