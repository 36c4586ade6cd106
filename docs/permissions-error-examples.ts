import type { permissionErrors } from '../plugins/permissions/errors.ts';
import type { ExamplesOf } from './error-examples.ts';

export const permissionExamples: ExamplesOf<typeof permissionErrors> = {
  DS_USER_UNKNOWN: {
    given: 'аda',
    directory: 'the store',
    suggestion: 'ada',
    unusual: ['"а" (U+0430)'],
  },
  DS_USER_AMBIGUOUS: {
    given: 'ops@example.org',
    directory: 'auth_user in postgres',
    users: [
      { id: '7', username: 'ada', email: 'ops@example.org' },
      { id: '12', username: 'grace', email: 'Ops@example.org' },
    ],
  },
  DS_USER_NOT_SUPERUSER: {
    id: '7',
    username: 'ada',
    permission: 'mail.read',
    directory: 'the store',
    command: 'devservices permissions users set ada --superuser',
    isApplications: false,
  },
  DS_USER_EXISTS: { what: 'username', given: 'Ada', directory: 'the store' },
  DS_USER_INVALID: {
    what: 'username',
    given: 'аda',
    problem: 'mixes letters of Latin with "а" (U+0430) of Cyrillic',
  },
  DS_USER_CHANGE_MISSING: { username: 'ada' },
  DS_PERMISSION_INVALID: {
    permission: 'Mail.read',
    problem: 'has "M" (U+004D), which is not a small letter',
  },
  DS_PERMISSION_UNKNOWN: { permission: 'mail.raed', known: ['mail.read', 'options.secrets'] },
  DS_PERMISSION_CONFLICT: {
    permission: 'mail.read',
    descriptions: ['Reads all mail', 'Reads the own mail'],
  },
  DS_DIRECTORY_MISSING: {},
  DS_DIRECTORY_USERS_ARE_ITS: { username: 'ada', directory: 'auth_user in postgres' },
  DS_DIRECTORY_COLUMN_UNNAMED: { option: 'users.superuser', directory: 'auth_user in postgres' },
  DS_DIRECTORY_MISMATCH: {
    directory: 'auth_user in postgres',
    problem: 'there is no table auth_user',
  },
  DS_DIRECTORY_REFUSED: {
    directory: 'auth_user in postgres',
    reason: 'new row for relation "sentry_userpermission" violates check constraint "known"',
    constraint: 'known',
  },
  DS_DIRECTORY_TEXT_INVALID: {
    what: 'The permission',
    text: 'mail\0read',
    character: 'the character U+0000',
  },
};
