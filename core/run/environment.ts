import type { Secret } from '../secret.ts';

/** What a value of an environment may be; a secret is redacted wherever it would be printed. */
export type EnvironmentValue = string | number | boolean | null | Secret;

/**
 * What a function-valued `environment` or `exports` may ask for when the plan is made. In `environment` a
 * port may be one of a service it depends on, `relay.http`. Throws DS_PORT_UNKNOWN for what is not there,
 * as such a service is that takes no part.
 */
export interface AddressBook {
  /** `host:port` of a port, right for where the reader runs. */
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
