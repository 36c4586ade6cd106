import type { ContainerFields } from './container-fields.ts';

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

export type { AddressBook, Environment, EnvironmentValue } from './environment.ts';
export type { ContainerFields, Healthcheck } from './container-fields.ts';

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
