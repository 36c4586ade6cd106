import { userInfo } from 'node:os';
import type { Caller } from './account.ts';

/** Who runs us; a number that no account has is told as nobody by name. */
export function findCaller(): Caller {
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  } catch {
    return { name: '', uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  }
}
