import type { Duration } from '../duration.ts';
import type { BuildFields } from './build-fields.ts';
import type { Secret } from '../secret.ts';

/** A JSON value: what a resolved plan is made of. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * How a service runs, as data; `kind` names the runner that runs it. What a JSON or YAML
 * configuration writes and what `container({…})` returns are the same value.
 */
export interface Run {
  readonly kind: string;
}

/** What a value of an environment may be; a secret is redacted wherever it would be printed. */
export type EnvironmentValue = string | number | boolean | null | Secret;

/** What a function-valued `environment` or `exports` may ask for when the plan is made. */
export interface AddressBook {
  /** `host:port` of one of the service's own ports, right for where the reader runs. */
  address(port: string): string;
  /** The host part alone. */
  host(port: string): string;
  /** The port number alone. */
  port(port: string): number;
  /** The port of this machine, wherever the reader runs: for servers that advertise themselves. */
  published(port: string): number;
}

/** Variables of a process, or a function that makes them from the service's own addresses. */
export type Environment =
  | Readonly<Record<string, EnvironmentValue>>
  | ((addresses: AddressBook) => Readonly<Record<string, EnvironmentValue>>);

/** Compose's `healthcheck`, run by the engine inside the container. */
export interface Healthcheck {
  /** A shell command, or its arguments after `CMD` or `CMD-SHELL`. */
  test: string | readonly string[];
  interval?: Duration;
  timeout?: Duration;
  retries?: number;
  startPeriod?: Duration;
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
export interface ContainerFields {
  /** `[registry/]name[:tag][@digest]`; with `build`, the name that the result gets. */
  image?: string;
  /** Builds the image instead of pulling it; a path alone is the context. */
  build?: string | BuildFields;
  /** Arguments for the entrypoint; a string is split as a shell would, without running one. */
  command?: string | readonly string[];
  entrypoint?: string | readonly string[];
  environment?: Environment;
  /** Files of `NAME=value` lines, relative to the configuration; `environment` wins over them. */
  envFile?: string | readonly string[];
  user?: string;
  workingDir?: string;
  hostname?: string;
  /** `name:/path[:ro]` (a volume of this service) or `./folder:/path[:ro]` (a folder of the repo). */
  volumes?: readonly string[];
  /** Folders in memory, e.g. `/tmp`. */
  tmpfs?: string | readonly string[];
  labels?: Readonly<Record<string, string>>;
  /** Further names of this container on the project's network. */
  aliases?: readonly string[];
  /** `name:address` lines; `host.docker.internal` is there unless set. */
  extraHosts?: readonly string[];
  healthcheck?: Healthcheck;
  /** Default `no`, as in Compose. */
  restart?: RestartPolicy;
  /** Runs an init process that forwards signals and reaps children. */
  init?: boolean;
  platform?: string;
  privileged?: boolean;
  capAdd?: readonly string[];
  capDrop?: readonly string[];
  /** Bytes, or Compose's `64mb`. */
  shmSize?: string | number;
  ulimits?: Readonly<Record<string, number | { soft: number; hard: number }>>;
  sysctls?: Readonly<Record<string, string | number>>;
  stopSignal?: string;
  /** Between the stop signal and SIGKILL; default 10 s, as in Compose. */
  stopGracePeriod?: Duration;
}

export interface ContainerRun extends ContainerFields, Run {
  readonly kind: 'container';
}

/**
 * Runs a service in a container.
 *
 * @example container({ image: 'postgres:17-alpine', volumes: ['data:/var/lib/postgresql/data'] })
 */
export function container(fields: ContainerFields): ContainerRun {
  return { ...fields, kind: 'container' };
}
