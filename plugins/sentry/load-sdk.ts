import type * as sentryCore from '@sentry/core';
import type * as sentryServer from '@sentry/core/server';
import { isErrno, reasonOf } from 'devservices/machine';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { sentryErrors } from './errors.ts';

/** The parts of the SDK, of one copy. */
export type Sdk = typeof sentryCore & Pick<typeof sentryServer, 'ServerRuntimeClient'>;

/** A copy of the SDK that fits, and is not loaded yet. */
export interface FoundSdk {
  version: string;
  /** Takes some 100 ms of this process. Throws DS_SENTRY_SDK_BROKEN. */
  load(): Sdk;
}

const wantedMajor = '11';

/**
 * Finds the SDK that a repo has installed, else one beside this package. Throws DS_SENTRY_SDK_MISSING,
 * DS_SENTRY_SDK_VERSION, DS_SENTRY_SDK_BROKEN.
 */
export function findSdk(
  root: string,
  sinks: readonly string[],
  beside: string = import.meta.url,
): FoundSdk {
  const places = [join(root, 'package.json'), beside];
  const found = places.map((place) => lookFrom(place, sinks)).find((each) => each !== undefined);
  if (!found) throw sentryErrors.create('DS_SENTRY_SDK_MISSING', { sinks });
  if (found.version.split('.')[0] === wantedMajor) return found;
  const facts = { found: found.version, wanted: wantedMajor, sinks };
  throw sentryErrors.create('DS_SENTRY_SDK_VERSION', facts);
}

function lookFrom(place: string, sinks: readonly string[]): FoundSdk | undefined {
  const require = createRequire(place);
  const broken = (thrown: unknown) =>
    sentryErrors.create('DS_SENTRY_SDK_BROKEN', { reason: firstLine(thrown), sinks }, thrown);
  try {
    const { version } = require('@sentry/core/package.json') as { version: string };
    return {
      version,
      load() {
        try {
          const core = require('@sentry/core') as typeof sentryCore;
          const server = require('@sentry/core/server') as typeof sentryServer;
          return { ...core, ServerRuntimeClient: server.ServerRuntimeClient };
        } catch (thrown) {
          throw broken(thrown);
        }
      },
    };
  } catch (thrown) {
    if (isErrno(thrown, 'MODULE_NOT_FOUND')) return undefined;
    throw broken(thrown);
  }
}

// What follows is the files that asked for it.
const firstLine = (thrown: unknown): string => reasonOf(thrown).split('\n')[0] ?? '';
