import type { RunnerContext } from 'devservices/runner';

import type { DatabaseTarget } from '../contract.ts';
import { storeErrors } from '../errors.ts';
import { isPostgresUrl, readLocation } from './read-url.ts';

/** A Postgres that may be connected to. */
export interface FoundTarget {
  /** May hold a password. */
  url: string;
  /** For people. */
  location: string;
  /** The service of this project that it is. */
  service?: string;
}

/**
 * Which Postgres is meant; connects to nothing. A service that does not run is refused here: its port may
 * be another program's by now, which is not to get a password. Throws DS_STORE_SERVICE_DOWN,
 * DS_STORE_NO_URL and DS_STORE_URL_INVALID.
 */
export async function findTarget(
  target: DatabaseTarget,
  { inspect }: Pick<RunnerContext, 'inspect'>,
): Promise<FoundTarget> {
  if ('url' in target) return { url: target.url, location: readLocation(target.url) };
  const { service, variable } = target;
  const { state, exports } = await inspect(service);
  if (state !== 'ready' && state !== 'running') {
    throw storeErrors.create('DS_STORE_SERVICE_DOWN', { service, state });
  }
  const candidates = Object.keys(exports).filter((name) => isPostgresUrl(exports[name] ?? ''));
  const wanted = candidates.filter((name) => variable === undefined || name === variable);
  const url = exports[wanted[0] ?? ''];
  if (url === undefined || wanted.length > 1) {
    const exported = Object.keys(exports);
    throw storeErrors.create('DS_STORE_NO_URL', { service, candidates, exported, variable });
  }
  return { url, location: readLocation(url), service };
}
