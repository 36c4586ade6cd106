import { readFileSync } from 'node:fs';

import { processErrors } from '../errors.ts';

/** Users that may do nothing in particular, the best first. */
const names = ['postgres', 'nobody'];

/**
 * Who a program runs as that refuses to be root: a user of this machine without rights of its own.
 * Throws DS_PROCESS_USER_MISSING where there is none.
 */
export function findPlainUser(accounts = readAccounts()): {
  uid: number;
  gid: number;
  name: string;
} {
  const users = accounts.split('\n').map((line) => line.split(':'));
  for (const name of names) {
    const [, , uid, gid] = users.find(([own]) => own === name) ?? [];
    if (Number(uid) > 0 && Number(gid) > 0) return { uid: Number(uid), gid: Number(gid), name };
  }
  throw processErrors.create('DS_PROCESS_USER_MISSING', { names });
}

function readAccounts(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}
