import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerFields } from '../../core/run/run.ts';
import type { Checkout } from './checkout.ts';

interface Container extends ContainerFields {
  kind: 'container';
}

const failingServer = readFileSync(join(import.meta.dirname, 'failing-server.py'), 'utf8');

/** A container that runs a script of `sh`, and dies at once when it is stopped. */
export const shell = (image: string, script: string, fields: ContainerFields = {}): Container => ({
  kind: 'container',
  image,
  command: ['sh', '-c', script],
  stopSignal: 'SIGKILL',
  ...fields,
});

/** A container that only sleeps. */
export const sleeper = (image: string, fields: ContainerFields = {}): Container =>
  shell(image, 'exec sleep 1000', fields);

/**
 * A server on port 7000 that gives one of `answers` a connection, the last one for ever: `refused`
 * (at the beginning: nobody listens for some seconds), `hang`, `reset` or an HTTP status.
 */
export const answering = (image: string, ...answers: readonly string[]): Container => ({
  kind: 'container',
  image,
  command: ['python3', '-c', failingServer, ...answers],
  stopSignal: 'SIGKILL',
});

/** Writes the configuration of a checkout, whatever else is in it. */
export function configure(
  checkout: Checkout,
  services: Readonly<Record<string, object>>,
  rest: object = {},
): void {
  checkout.write({ 'devservices.config.json': JSON.stringify({ ...rest, services }) });
}
