import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedProgram, ProgramPlace } from 'devservices/runner';
import { isDevServicesError } from 'devservices/machine';

import { embeddedErrors } from '../errors.ts';
import { copyProgram } from '../packages/copy-program.ts';
import { assertOptions, invalid, readText } from '../packages/read-options.ts';
import { readSolePort } from '../packages/read-ports.ts';
import { findBinaries } from './find-binaries.ts';
import { prepareScript } from './prepare-script.ts';

const plainName = {
  fits: /^[A-Za-z_][A-Za-z0-9_-]{0,62}$/,
  says: 'letters, digits, _ and -, at most 63, the first a letter',
};

export default {
  label: 'embedded Postgres',
  // Postgres: its server must not be able to do more than its user is meant to.
  isRootRefused: true,
  async available(context) {
    const found = findBinaries(context);
    return isDevServicesError(found) ? { available: false, error: found } : { available: true };
  },
  async resolve(place) {
    assertOptions(place, ['version', 'database', 'user', 'settings']);
    const found = findBinaries(place);
    if (isDevServicesError(found)) throw found;
    const user = readText(place, 'user', { ...plainName, or: 'postgres' });
    const database = readText(place, 'database', { ...plainName, or: 'postgres' });
    const port = String(readSolePort(place));
    // Of two values of a setting the last one counts.
    const fixed = [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'logging_collector=off',
    ];
    const set = [...readSettings(place), ...fixed].flatMap((setting) => ['-c', setting]);
    assertReadable(place, found.major);
    const program = await copyProgram(place, { from: found.folder, name: found.name });
    const own = [program, place.dataFolder, user, database];
    return {
      before: [
        ['/bin/sh', '-c', prepareScript, 'prepare-postgres', ...own, ...locales(found.major)],
      ],
      command: [join(program, 'bin', 'postgres'), '-D', clusterOf(place), ...set],
      // For `exec`: psql and the like find it by themselves.
      environment: {
        PGHOST: '127.0.0.1',
        PGPORT: port,
        PGUSER: user,
        PGDATABASE: database,
        // Without, macOS's own library starts a thread, and the server refuses that.
        ...(process.platform === 'darwin' && { LC_ALL: 'C' }),
      },
      // Fast: who is connected is disconnected, and what was committed is there.
      stopSignal: 'SIGINT',
      // Its port is open while it still recovers, and refuses everybody.
      ready: {
        kind: 'all',
        of: [
          { kind: 'log', pattern: 'database system is ready to accept connections' },
          { kind: 'port' },
        ],
      },
    };
  },
} satisfies EmbeddedProgram;

const clusterOf = ({ dataFolder }: ProgramPlace): string => join(dataFolder, 'cluster');

/** Sorted by code points and yet with all letters known, on every system alike. */
function locales(major: number): readonly string[] {
  if (major >= 17) return ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  return major >= 15 ? ['--locale-provider=icu', '--icu-locale=und'] : [];
}

function assertReadable(place: ProgramPlace, major: number): void {
  const file = join(clusterOf(place), 'PG_VERSION');
  if (!existsSync(file)) return;
  const kept = readFileSync(file, 'utf8').trim();
  if (kept === String(major)) return;
  throw embeddedErrors.create('DS_EMBEDDED_VERSION_OF_FOLDER', {
    service: place.service,
    program: 'Postgres',
    kept,
    asked: String(major),
    folder: place.dataFolder,
  });
}

function readSettings({ service, options }: ProgramPlace): readonly string[] {
  const { settings = {} } = options;
  if (settings === null || typeof settings !== 'object' || Array.isArray(settings)) {
    throw invalid(service, 'settings', 'is to be a record of settings and values');
  }
  return Object.entries(settings).map(([name, value]) => {
    if (!/^[a-z_][a-z\d_.]*$/i.test(name)) {
      throw invalid(service, `settings.${name}`, 'is no name of a setting');
    }
    if (value === null || typeof value === 'object') {
      throw invalid(service, `settings.${name}`, 'is to be a text, a number, true or false');
    }
    return `${name}=${String(value)}`;
  });
}
