import type { ServiceFields } from '../contracts.ts';
import type { Endpoints } from '../events.ts';
import type { Readiness } from '../readiness/readiness.ts';
import type { AddressBook, EnvironmentValue, Run } from '../run/run.ts';
import type { PortRange } from './port-range.ts';

/** A port by name: a number is the container's port and the one preferred on this machine. */
export type Port =
  | number
  | {
      /** Each port of a range is published: `NAME` is the first, `NAME-7001` that of the number. */
      container: number | PortRange;
      /** Of a range for a single port the first free one is taken. Default: the same number. */
      host?: number | 'auto' | PortRange;
      protocol?: 'tcp' | 'udp';
      /** Address of this machine on which it is published. Default 127.0.0.1. */
      interface?: string;
    };

/** What must be true of a dependency before the service is started. */
export type DependencyCondition = 'started' | 'ready' | 'completed';

export interface Dependency {
  condition: DependencyCondition;
  /** Restart this service when the dependency was restarted or recreated. */
  restart?: boolean;
  /** False: a dependency that is missing or failed does not stop this service. Default true. */
  required?: boolean;
}

/** A dependency after names were checked. */
export interface PlannedDependency {
  service: string;
  condition: DependencyCondition;
  restart: boolean;
  required: boolean;
}

/** A step on the host after the service is ready and before its dependants start. */
export interface ReadyStep {
  run(context: ReadyStepContext): void | Promise<void>;
  /** `fail` (default): the service counts as failed; `warn`: said, and on. */
  onFailure?: 'fail' | 'warn';
  /** Runs only when one of these files (globs, relative to the configuration) changed since it last succeeded. */
  inputs?: readonly string[];
}

export interface ReadyStepContext {
  service: string;
  endpoints: Endpoints;
  /** What the service exports, with addresses right for this machine. */
  environment: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * One service of a repo's development environment.
 *
 * @example
 * { run: container({ image: 'redis:7' }), ports: { redis: 6379 }, ready: ready.port() }
 */
export interface Service extends ServiceFields {
  /** One run, or several by key in order of preference: the first available is taken and pinned. */
  run: Run | Readonly<Record<string, Run>>;
  /** Published on 127.0.0.1 unless `interface` says otherwise. */
  ports?: Readonly<Record<string, Port>>;
  /** Default: the run's healthcheck, else its ports, else started. */
  ready?: Readiness;
  /** Environment for direct dependants, tasks, `run` and `env`. Templates: `{host}` `{port.NAME}` `{address.NAME}`. */
  exports?:
    | Readonly<Record<string, EnvironmentValue>>
    | ((addresses: AddressBook) => Readonly<Record<string, EnvironmentValue>>);
  /** A list means `ready`. */
  dependsOn?: readonly string[] | Readonly<Record<string, DependencyCondition | Dependency>>;
  /** False leaves the service out unless it is named. */
  onlyIf?: boolean | (() => boolean | Promise<boolean>);
  /** Left out unless one of these profiles is asked for, or the service is named. */
  profiles?: readonly string[];
  /** False leaves the service out unless it is named or depended on. */
  autoStart?: boolean;
  onReady?: ReadyStep['run'] | ReadyStep;
}
