import { defineErrors, entry } from 'devservices/machine';

/** Everything that plugins/store can throw. `store` is where a database is, for people: never a password. */
export const storeErrors = defineErrors({
  DS_STORE_SERVICE_DOWN: entry<{ service: string; state: string }>({
    blame: 'environment',
    title: 'The service that a database is in does not run',
    message: ({ service, state }) => `The database is in service "${service}", which is ${state}.`,
    hint: ({ service }) => `Run \`devservices up ${service}\`.`,
  }),
  DS_STORE_NO_URL: entry<{
    service: string;
    /** Of the exports that are Postgres URLs; all others have none. */
    candidates: readonly string[];
    exported: readonly string[];
    variable?: string | undefined;
  }>({
    blame: 'user',
    title: 'A service does not say which database is meant',
    message: ({ service, candidates, exported, variable }) =>
      variable !== undefined
        ? `Service "${service}" exports no Postgres URL as ${variable}; it exports ${listed(exported)}.`
        : candidates.length > 1
          ? `Service "${service}" exports several Postgres URLs: ${candidates.join(', ')}.`
          : `Service "${service}" exports no Postgres URL; it exports ${listed(exported)}.`,
    hint: ({ service, candidates }) =>
      candidates.length > 0
        ? `Choose one by \`variable: '${candidates[0]}'\`.`
        : `Let services.${service}.exports give one: \`DATABASE_URL: 'postgres://…'\`.`,
  }),
  DS_STORE_URL_INVALID: entry<{ problem: string }>({
    blame: 'user',
    title: 'The URL of a database is no Postgres URL',
    message: ({ problem }) => `The URL of a database ${problem}.`,
    hint: () => 'Write it as postgres://USER@HOST:PORT/DATABASE.',
  }),
  DS_STORE_UNREACHABLE: entry<{
    store: string;
    reason: string;
    service?: string | undefined;
    isFile?: boolean;
  }>({
    blame: 'environment',
    title: 'A database cannot be reached',
    message: ({ store, reason }) => `${store} cannot be reached: ${reason}.`,
    hint: ({ service, isFile }) =>
      isFile === true
        ? 'Run the command again: it opens what is there now.'
        : service === undefined
          ? 'Check that it runs, and that the URL names its host, port and database.'
          : `See how it is by \`devservices status\`; \`devservices up ${service}\` starts it.`,
  }),
  DS_STORE_DENIED: entry<{ store: string; reason: string }>({
    blame: 'environment',
    title: 'A database does not let us in',
    message: ({ store, reason }) => `${store} refuses: ${reason}.`,
    hint: () => 'Name a user who may, with the right password, in the URL.',
  }),
  DS_STORE_NEWER: entry<{ store: string; what: string }>({
    blame: 'environment',
    title: 'The store was written by a newer version',
    message: ({ store, what }) => `${store} ${what}, which this version does not know.`,
    hint: () => 'Update devservices, or the plugin, in this checkout. The store was not touched.',
  }),
  DS_STORE_MIGRATION_FAILED: entry<{
    store: string;
    owner: string;
    migration: string;
    reason: string;
  }>({
    blame: 'plugin',
    title: 'Tables of a plugin could not be brought up to date',
    message: ({ store, owner, migration, reason }) =>
      `Migration "${migration}" of plugin "${owner}" failed on ${store}: ${reason}. Nothing was changed.`,
    hint: ({ owner }) => `Report it to the authors of "${owner}".`,
  }),
  DS_STORE_CORRUPT: entry<{ store: string; reason: string; backup?: string | undefined }>({
    blame: 'environment',
    title: 'The store is damaged',
    message: ({ store, reason }) => `${store} is damaged: ${reason}.`,
    hint: ({ store, backup }) =>
      backup === undefined
        ? `There is no backup. Move ${store} away, with ${store}-wal and ${store}-shm: the next command begins a new one.`
        : `Move ${store} away, with ${store}-wal and ${store}-shm, and copy ${backup} there: it is the newest backup.`,
  }),
  DS_STORE_FOREIGN: entry<{ path: string; what: string }>({
    blame: 'environment',
    title: 'The file of the store is something else',
    message: ({ path, what }) => `${path} ${what}, so devservices does not open it.`,
    hint: ({ path }) => `See what it is, and move ${path} away.`,
  }),
  DS_STORE_READONLY: entry<{ store: string; reason: string }>({
    blame: 'environment',
    title: 'The store cannot be written',
    message: ({ store, reason }) => `${store} cannot be written: ${reason}.`,
    hint: () => 'Make it writable for this user, or choose another place.',
  }),
  DS_STORE_FULL: entry<{ store: string; reason: string }>({
    blame: 'environment',
    title: 'There is no space for the store',
    message: ({ store, reason }) => `${store} cannot grow: ${reason}. Nothing was changed.`,
    hint: () => 'Free space there and try again.',
  }),
  DS_STORE_BUSY: entry<{ store: string; seconds: number }>({
    blame: 'environment',
    title: 'The store stays locked',
    message: ({ store, seconds }) =>
      `Another process has been writing to ${store} for more than ${seconds} s. Nothing was changed.`,
    hint: () => 'See which process has it open, end it if it hangs, and try again.',
  }),
  DS_STORE_DRIVER_MISSING: entry<{ name: string; platform: string; reason: string }>({
    blame: 'environment',
    title: 'The program part of the store is not installed',
    message: ({ name, platform, reason }) =>
      `${name} could not be loaded on ${platform}: ${reason}.`,
    hint: ({ name }) =>
      `Install the packages again, with the optional ones: ${name} brings one for each platform.`,
  }),
});

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.join(', ');
}
