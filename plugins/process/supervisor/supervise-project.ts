import type { Clock } from 'devservices/machine';
import { processErrors } from '../errors.ts';
import { removeLog } from '../logs/log-files.ts';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecord, readRecords, removeRecord } from '../record/records.ts';
import { awaitReadiness } from './await-readiness.ts';
import { followRestart } from './follow-restart.ts';
import type {
  RelayRequest,
  ServiceRequest,
  StartAnswer,
  StartRequest,
  SupervisorEvent,
} from './protocol.ts';
import { createRelays } from './relays.ts';
import { superviseService } from './supervise-service.ts';
import type { SupervisedService } from './supervised-service.ts';
import type { RestartCommand } from './supervisor-options.ts';

export interface ProjectContext {
  places: ProcessPlaces;
  clock: Clock;
  restart: RestartCommand | undefined;
  say(text: string): void;
}

/** The processes of one project. */
export interface SupervisedProject {
  start(request: StartRequest): Promise<StartAnswer>;
  stop(request: ServiceRequest): Promise<void>;
  restart(request: ServiceRequest): Promise<StartAnswer>;
  remove(request: ServiceRequest): Promise<void>;
  relay(route: RelayRequest): Promise<void>;
  listen(listener: (event: SupervisorEvent) => void): () => void;
  /** Looks after what a supervisor before this one started. */
  adopt(): Promise<void>;
  /** Whether any of them runs or is about to. */
  isActive(): boolean;
  leave(): void;
}

export function superviseProject(context: ProjectContext): SupervisedProject {
  const { places, say } = context;
  const services = new Map<string, SupervisedService>();
  const listeners = new Set<(event: SupervisorEvent) => void>();
  const relays = createRelays(places, say);
  const emit = (event: SupervisorEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const take = (record: ProcessRecord): SupervisedService => {
    const taken = superviseService(record, {
      ...context,
      emit,
      beforeStart: (service) => relays.release(service),
      onOwnRestart: (service) => void follow(service),
    });
    services.set(record.target.service, taken);
    return taken;
  };
  const follow = (cause: SupervisedService): Promise<void> =>
    followRestart(cause, {
      ...context,
      services: () => [...services.values()],
      whenReady: (service) => awaitReadiness(service, context),
    });
  /** The one that is meant; undefined where it is gone, and nothing is left to do for it. */
  const find = ({ service, id }: ServiceRequest): SupervisedService | undefined => {
    const known = services.get(service);
    if (known?.record.id === id) return known;
    // Prepared, and never started; what the same name ran before stays known.
    const record = readRecord(places, service);
    if (record?.id !== id) return undefined;
    return known ?? take(record);
  };
  return {
    async start(request) {
      const { service } = request.target;
      const record = readRecord(places, service);
      if (record?.id !== request.id) throw processErrors.create('DS_PROCESS_GONE', { service });
      return (services.get(service) ?? take(record)).start(request);
    },
    stop: async (request) => find(request)?.stop(),
    async restart(request) {
      const found = find(request);
      if (found) return found.restart();
      throw processErrors.create('DS_PROCESS_GONE', { service: request.service });
    },
    async remove(request) {
      const { service, id } = request;
      const found = find(request);
      if (!found) return;
      await found.remove();
      relays.drop(service);
      services.delete(service);
      if (readRecord(places, service)?.id === id) {
        removeLog(places.log(service));
        removeRecord(places, service);
      }
      emit({ type: 'removed', service, id });
    },
    relay: (route) => relays.ensure(route),
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async adopt() {
      await Promise.all(readRecords(places).map((record) => take(record).adopt()));
      await relays.restore();
    },
    isActive: () => [...services.values()].some((service) => service.isActive),
    leave() {
      for (const service of services.values()) service.leave();
      relays.close();
    },
  };
}
