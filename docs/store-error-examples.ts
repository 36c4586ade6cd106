import type { storeErrors } from '../plugins/store/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

const store = '/home/ada/.local/state/devservices/3f2a9c81d07b/store.sqlite';
const postgres = 'database "app" at 127.0.0.1:5432';

export const storeExamples: ExamplesOf<typeof storeErrors> = {
  DS_STORE_SERVICE_DOWN: { service: 'postgres', state: 'stopped' },
  DS_STORE_NO_URL: {
    service: 'postgres',
    candidates: ['DATABASE_URL', 'REPLICA_URL'],
    exported: ['DATABASE_URL', 'REPLICA_URL', 'PGUSER'],
  },
  DS_STORE_URL_INVALID: { problem: 'begins with mysql://' },
  DS_STORE_UNREACHABLE: {
    store: postgres,
    reason: 'nobody listens there',
    service: 'postgres',
  },
  DS_STORE_DENIED: { store: postgres, reason: 'password authentication failed for user "ada"' },
  DS_STORE_NEWER: { store, what: 'has the migration "0002-teams" of plugin "permissions"' },
  DS_STORE_MIGRATION_FAILED: {
    store,
    owner: 'notes',
    migration: '0002-tags',
    reason: 'no such table: notes_note',
  },
  DS_STORE_CORRUPT: {
    store,
    reason: 'database disk image is malformed',
    backup: `${store}.backup-20261123T101500Z`,
  },
  DS_STORE_FOREIGN: { path: store, what: 'is a database of another program' },
  DS_STORE_READONLY: { store, reason: 'the file system is read-only' },
  DS_STORE_FULL: { store, reason: 'the disk is full' },
  DS_STORE_BUSY: { store, seconds: 10 },
  DS_STORE_DRIVER_MISSING: {
    name: 'libsql',
    platform: 'linux-x64',
    reason: "Cannot find module '@libsql/linux-x64-gnu'",
  },
};
