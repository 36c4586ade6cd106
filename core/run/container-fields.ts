import type { Duration } from '../duration.ts';
import type { BuildFields } from './build-fields.ts';
import type { Environment } from './environment.ts';
import type { ResourceFields, SecurityFields } from './limit-fields.ts';
import type { NetworkFields } from './network-fields.ts';
import type { EnvFile, StorageFields } from './storage-fields.ts';

/** Compose's `healthcheck`, run by the engine inside the container. */
export interface Healthcheck {
  /** A shell command, or its arguments after `CMD` or `CMD-SHELL`; may be absent with `disable`. */
  test?: string | readonly string[];
  interval?: Duration;
  timeout?: Duration;
  retries?: number;
  startPeriod?: Duration;
  /** Between two checks within `startPeriod`; needs Docker 25. */
  startInterval?: Duration;
  disable?: boolean;
}

/** Compose's `restart`. */
export type RestartPolicy =
  | 'no'
  | 'always'
  | 'unless-stopped'
  | 'on-failure'
  | `on-failure:${number}`;

/**
 * A container, in the Compose Specification's words (camelCase) and with its meanings.
 * Source: Compose Specification, "Services top-level elements".
 */
export interface ContainerFields
  extends StorageFields, NetworkFields, ResourceFields, SecurityFields {
  /** `[registry/]name[:tag][@digest]`; with `build`, the name that the result gets. */
  image?: string;
  /** Builds the image instead of pulling it; a path alone is the context. */
  build?: string | BuildFields;
  /** When the image is fetched, or made; `--pull` says otherwise. Default `missing`. */
  pullPolicy?: 'missing' | 'always' | 'never' | 'build';
  /** Such as `linux/arm64`. */
  platform?: string;
  /** Arguments for the entrypoint; a string is split as a shell would, without running one. */
  command?: string | readonly string[];
  entrypoint?: string | readonly string[];
  /** A record, or `NAME=value` lines; a name alone takes the value from this process's environment. */
  environment?: Environment | readonly string[];
  /** Files of `NAME=value` lines, relative to the configuration; `environment` wins over them. */
  envFile?: string | readonly (string | EnvFile)[];
  user?: string;
  workingDir?: string;
  /** A record, or `name=value` lines. */
  labels?: readonly string[] | Readonly<Record<string, string>>;
  /** Files of `name=value` lines; `labels` win over them. */
  labelFile?: string | readonly string[];
  /** Like labels, for the container's runtime; needs Docker 24. */
  annotations?: readonly string[] | Readonly<Record<string, string>>;
  healthcheck?: Healthcheck;
  /** Default `no`, as in Compose. */
  restart?: RestartPolicy;
  /** Runs an init process that forwards signals and reaps children. */
  init?: boolean;
  /** Gives it a terminal. */
  tty?: boolean;
  stdinOpen?: boolean;
  stopSignal?: string;
  /** Between the stop signal and SIGKILL; default 10 s, as in Compose. */
  stopGracePeriod?: Duration;
  logging?: { driver?: string; options?: Readonly<Record<string, string | number>> };
}
