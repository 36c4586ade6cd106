import type { processErrors } from '../plugins/process/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

export const processExamples: ExamplesOf<typeof processErrors> = {
  DS_PROCESS_NOT_FOUND: {
    service: 'api',
    program: 'tsx',
    looked: ['/home/ada/shop/node_modules/.bin', '/usr/local/bin', '/usr/bin'],
    install: 'npm ci',
    shellStatus: 127,
  },
  DS_PROCESS_NOT_EXECUTABLE: {
    service: 'api',
    path: '/home/ada/shop/bin/serve',
    shellStatus: 126,
  },
  DS_PROCESS_CWD_MISSING: {
    service: 'api',
    cwd: '/home/ada/shop/apps/api',
    problem: 'there is no such folder',
  },
  DS_PROCESS_START_FAILED: {
    service: 'api',
    program: '/home/ada/shop/bin/serve',
    reason: 'its interpreter /usr/bin/python is not there',
  },
  DS_PROCESS_BEFORE_FAILED: {
    service: 'postgres',
    program: 'initdb',
    exitCode: 1,
    log: '/home/ada/.local/state/devservices/3f2a9c81d07b/processes/shop/postgres.log',
  },
  DS_PROCESS_SIGNAL_UNKNOWN: { service: 'api', signal: 'SIGTREM', suggestion: 'SIGTERM' },
  DS_PROCESS_LIVES_ON: { service: 'api', pids: [4711] },
  DS_PROCESS_PORT_HELD: { service: 'api', port: 3000, holder: 'node (pid 4711)' },
  DS_PROCESS_SOCKET_TOO_LONG: {
    path: '/run/user/1000/…/devservices/8f14e45fceea167a.sock',
    bytes: 131,
    longest: 107,
  },
  DS_PROCESS_SUPERVISOR_FAILED: {
    end: 'ended with exit code 1',
    log: ['Error: EACCES: permission denied'],
  },
  DS_PROCESS_SUPERVISOR_LOST: { reason: 'the connection was reset' },
  DS_PROCESS_SUPERVISOR_NEWER: { pid: 4711 },
  DS_PROCESS_SUPERVISOR_REFUSED: { reason: 'there is no such request' },
  DS_PROCESS_START_CANCELLED: { service: 'api' },
  DS_PROCESS_GONE: { service: 'api' },
  DS_PROCESS_USER_MISSING: { names: ['postgres', 'nobody'] },
  DS_PROCESS_FOLDER_FOREIGN: {
    path: '/var/lib/devservices/3f9a1c22e0b7/shop/postgres/local',
    what: 'owned by user 1000',
  },
  DS_PROCESS_FIELD_INVALID: {
    service: 'api',
    field: 'command',
    problem: 'has a quote that is not closed, or ends with a backslash',
  },
  DS_PROCESS_PLATFORM: { platform: 'win32' },
  DS_PROCESS_PROGRAM_MISSING: {
    service: 'search',
    module: 'embedded-search',
    reason: 'there is no such file or package',
  },
  DS_PROCESS_USER_REFUSED: { service: 'api', user: 'nobody', shellStatus: 126 },
  DS_PROCESS_LOG_UNREADABLE: {
    path: '/home/ada/.local/state/devservices/3f2a9c81d07b/processes/shop/api.log',
    reason: 'permission denied',
  },
  DS_PROCESS_LOG_NOT_ROTATED: {
    path: '/home/ada/.local/state/devservices/3f2a9c81d07b/processes/shop/api.log',
    reason: 'the disk is full',
  },
  DS_PROCESS_LOG_TIMES_LOST: {
    path: '/home/ada/.local/state/devservices/3f2a9c81d07b/processes/shop/api.log',
    reason: 'the disk is full',
  },
  DS_PROCESS_RELAY_TAKEN: {
    service: 'api',
    port: 3000,
    at: '172.18.0.1',
    holder: 'node server.js (pid 4711)',
  },
  DS_PROCESS_RELAY_ADDRESS: { service: 'api', port: 3000, at: '172.18.0.1' },
  DS_PROCESS_RELAY_FAILED: { service: 'api', port: 80, at: '172.18.0.1', reason: 'EACCES' },
  DS_PROCESS_RELAY_UDP: { service: 'dns', port: 5353 },
};
