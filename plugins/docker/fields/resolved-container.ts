import type { ContainerRun, NetworkAttachment, ResolvedRun } from 'devservices/runner';
import type { ResolvedLimits } from './resolved-limits.ts';

/** A volume of the service, a file or folder of this machine, or a folder in memory. */
export type ResolvedMount = {
  readonly type: 'volume' | 'bind' | 'tmpfs';
  /** The volume's short name (empty: it goes with the container), or an absolute path. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly propagation?: string;
  /** Absent: true. */
  readonly createHostPath?: false;
  readonly selinux?: 'z' | 'Z';
  readonly nocopy?: true;
  readonly subpath?: string;
  /** Bytes. */
  readonly size?: number;
  readonly mode?: number;
};

/** Durations in milliseconds; what is absent is left to the image or the engine. */
export type ResolvedHealthcheck = {
  /** Absent: the image's. */
  readonly test?: readonly string[];
  readonly interval?: number;
  readonly timeout?: number;
  readonly retries?: number;
  readonly startPeriod?: number;
  readonly startInterval?: number;
};

/** A secret or config: mounted from this machine, or put into the container. */
export type ResolvedFile = {
  readonly target: string;
} & (
  | {
      readonly source: string;
      /** Of what it held when the plan was made. */
      readonly digest: string;
    }
  | {
      /** Base64. */
      readonly content: string;
      readonly uid: number;
      readonly gid: number;
      readonly mode: number;
    }
);

/** By name; each a list of one, so that a change is told as that of the whole file. */
export type ResolvedFiles = Readonly<Record<string, readonly [ResolvedFile]>>;

/** How it is reached, and what it reaches. */
export type ResolvedNetworking = {
  readonly hostname?: string;
  readonly domainname?: string;
  readonly macAddress?: string;
  readonly aliases: readonly string[];
  readonly networks?: Readonly<Record<string, NetworkAttachment>>;
  readonly networkMode?: string;
  readonly extraHosts: readonly string[];
  readonly dns?: readonly string[];
  readonly dnsSearch?: readonly string[];
  readonly dnsOpt?: readonly string[];
  /** Each with its protocol: `53/udp`. */
  readonly expose?: readonly string[];
};

/**
 * A container with everything decided, as it is hashed: under the names that people write, so that
 * a change is told in their words. Absent means "as the image or the engine says"; what was added to
 * this type later is absent where it is not used, so that older containers stay as they are.
 */
export type ResolvedContainer = {
  readonly kind: 'container';
  readonly image: string;
  readonly pullPolicy?: NonNullable<ContainerRun['pullPolicy']>;
  readonly command?: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly workingDir?: string;
  readonly volumes: readonly ResolvedMount[];
  readonly tmpfs: readonly string[];
  readonly secrets?: ResolvedFiles;
  readonly configs?: ResolvedFiles;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly healthcheck?: ResolvedHealthcheck;
  readonly restart: NonNullable<ContainerRun['restart']>;
  readonly init: boolean;
  readonly tty?: true;
  readonly stdinOpen?: true;
  readonly platform?: string;
  readonly stopSignal?: string;
  /** Milliseconds. */
  readonly stopGracePeriod: number;
  /** `host.docker.internal` is to be where processes of this machine are reached. */
  readonly needsGateway?: true;
  readonly logging?: {
    readonly driver?: string;
    readonly options?: Readonly<Record<string, string>>;
  };
} & ResolvedNetworking &
  ResolvedLimits;

/** The runner's own view of a run that it normalised. */
export function asContainer(run: ResolvedRun): ResolvedContainer {
  return run as unknown as ResolvedContainer;
}
