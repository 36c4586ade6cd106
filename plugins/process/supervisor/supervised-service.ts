import type { Clock } from 'devservices/machine';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import type { Living } from './living.ts';
import type { StartAnswer, StartRequest, SupervisorEvent } from './protocol.ts';

/** What a supervised service needs of its supervisor. */
export interface ServiceContext {
  places: ProcessPlaces;
  clock: Clock;
  /** For people who look into what the supervisor did. */
  say(text: string): void;
  emit(event: SupervisorEvent): void;
  /** Before each start: what stands in its way is taken out of it. */
  beforeStart(service: string): void;
  /** It was started again by its policy or for changed files, and runs. */
  onOwnRestart(service: SupervisedService): void;
}

/** One service, of which at most one operation is under way; what is asked meanwhile waits. */
export interface SupervisedService {
  readonly record: ProcessRecord;
  /** What runs of it now. */
  readonly living: Living | undefined;
  /** Whether it runs, or is between two tries of its policy, or waits for what it follows. */
  readonly isActive: boolean;
  /** Does nothing where this very record runs. */
  start(request: StartRequest): Promise<StartAnswer>;
  /** Resolves when nothing of it is left and its ports are free. */
  stop(): Promise<void>;
  /** Stops it for a restart that follows. */
  pause(): Promise<void>;
  /** Two that wait at the same time are one. */
  restart(): Promise<StartAnswer>;
  /** Ends it for good; its record is the caller's to remove. */
  remove(): Promise<void>;
  /** Remembers that this generation was seen ready. */
  wasReady(generation: string): void;
  /** Looks after what a supervisor before this one started. */
  adopt(): Promise<void>;
  /** Looks after it no longer; it runs on. */
  leave(): void;
}
