import type { ContainerRun, ResolvedRun } from 'devservices/runner';

/** A volume of the service, or a folder of this machine. */
export type ResolvedMount = {
  readonly type: 'volume' | 'bind';
  /** The volume's short name, or an absolute path. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
};

/** Durations in milliseconds; what is absent is left to the image or the engine. */
export type ResolvedHealthcheck = {
  readonly test: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly retries?: number;
  readonly startPeriod?: number;
};

/**
 * A container with everything decided, as it is hashed: under the names that people write, so that
 * a change is told in their words. Absent means "as the image says".
 */
export type ResolvedContainer = {
  readonly kind: 'container';
  readonly image: string;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workingDir?: string;
  readonly hostname?: string;
  readonly volumes: readonly ResolvedMount[];
  readonly tmpfs: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly aliases: readonly string[];
  readonly extraHosts: readonly string[];
  readonly healthcheck?: ResolvedHealthcheck;
  readonly restart: NonNullable<ContainerRun['restart']>;
  readonly init: boolean;
  readonly platform?: string;
  readonly privileged: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Bytes. */
  readonly shmSize?: number;
  readonly ulimits: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  readonly sysctls: Readonly<Record<string, string>>;
  readonly stopSignal?: string;
  /** Milliseconds. */
  readonly stopGracePeriod: number;
};

/** The runner's own view of a run that it normalised. */
export function asContainer(run: ResolvedRun): ResolvedContainer {
  return run as unknown as ResolvedContainer;
}
