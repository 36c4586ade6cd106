import type { ProgramPlace } from 'devservices/runner';

import { embeddedErrors } from '../errors.ts';

/** The port of this machine of a program that has one alone. Throws DS_EMBEDDED_PORTS_WRONG. */
export function readSolePort({ service, ports }: ProgramPlace): number {
  const [port, ...others] = ports;
  if (port?.protocol === 'tcp' && others.length === 0) return port.host;
  throw embeddedErrors.create('DS_EMBEDDED_PORTS_WRONG', { service, needs: 'one TCP port' });
}

/** Ports of this machine by these names. Throws DS_EMBEDDED_PORTS_WRONG. */
export function readPorts<Name extends string>(
  { service, ports }: ProgramPlace,
  names: readonly Name[],
): Readonly<Record<Name, number>> {
  const found = ports.filter(({ protocol }) => protocol === 'tcp');
  const hosts = names.map((name) => found.find((port) => port.name === name)?.host);
  if (hosts.includes(undefined) || ports.length !== names.length) {
    const needs = `the TCP ports ${names.join(' and ')}, and no others`;
    throw embeddedErrors.create('DS_EMBEDDED_PORTS_WRONG', { service, needs });
  }
  return Object.fromEntries(names.map((name, at) => [name, hosts[at]])) as Record<Name, number>;
}
