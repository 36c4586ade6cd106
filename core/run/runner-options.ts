import type { ImageProgress } from '../events.ts';
import type { ProjectIdentity } from '../identity/project.ts';
import type { Logger } from '../log.ts';
import type { Instance, PortBinding } from './instance.ts';
import type { FileContents } from './storage-fields.ts';

/** How `prepare` is to get an image, and who hears of it. */
export interface PrepareOptions {
  pull: 'missing' | 'always' | 'never';
  signal: AbortSignal;
  onProgress(progress: ImageProgress): void;
  /** An instance of an earlier plan that this one replaces. */
  replaces?: Instance;
}

export interface RefreshOptions {
  /** Builds what is built, also where it is there (`--build`). */
  build: boolean;
  /** Asks the registries for what is newer than what is here (`--update`). */
  update: boolean;
  /** Says what would be built and asked, and does nothing. */
  isDry: boolean;
  signal: AbortSignal;
  onProgress(progress: ImageProgress): void;
  /** For what people should know: what a dry run would do, a registry that could not be asked. */
  log: Pick<Logger, 'info' | 'warn'>;
}

/** Whose run it is. */
export interface RunContext {
  service: string;
  project: ProjectIdentity;
  /** Folder of the configuration, for relative paths. */
  root: string;
}

/** One port of a process of this machine, and where else it is to be reached. */
export interface Relay {
  project: ProjectIdentity;
  service: string;
  port: PortBinding;
  /** An address of this machine, not loopback. */
  at: string;
}

/** What a run is normalised with. */
export interface NormaliseContext extends RunContext {
  /** Which entry of the service's `run` it is. */
  runKey?: string;
  /** The run's environment after functions, templates, secrets and dependencies' exports. */
  environment: Readonly<Record<string, string>>;
  /** The service's own, as `start` will have them. */
  ports?: readonly PortBinding[];
  /** It needs what runs on this machine itself: `gateway` is how it gets there. */
  needsGateway?: boolean;
  /** What the run's secrets and configs hold. */
  files?: FileContents;
}

/** Data of a service that outlives its instances. */
export interface LogOptions {
  follow: boolean;
  /** Last lines only. */
  tail?: number;
  /** Milliseconds since the epoch. */
  sinceMs?: number;
  signal: AbortSignal;
}
