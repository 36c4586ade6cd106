import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { ProjectIdentity, RunnerContext } from 'devservices/runner';
import type { ProcessPlaces } from './process-record.ts';

/**
 * Where the files of a project's processes are; makes none of them. Pure.
 *
 * @example placesOf(context, { project: 'shop', checkout: '3f2a9c81d07b' }).log('api')
 */
export function placesOf(
  { stateHome, runtimeFolder }: Pick<RunnerContext, 'stateHome' | 'runtimeFolder'>,
  { project, checkout }: ProjectIdentity,
): ProcessPlaces {
  const folder = join(stateHome, checkout, 'processes', project);
  const hash = createHash('sha256').update(checkout).digest('hex').slice(0, 16);
  return {
    folder,
    record: (service) => join(folder, `${service}${recordEnding}`),
    log: (service) => join(folder, `${service}.log`),
    supervisor: join(stateHome, checkout, 'supervisor.json'),
    socket: join(runtimeFolder, `${hash}.sock`),
  };
}

/** How a record's file name ends, after the service. */
export const recordEnding = '.json';
