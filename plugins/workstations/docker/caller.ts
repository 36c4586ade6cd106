import { userInfo } from 'node:os';

/** Who runs us; a number that no account has is told as nobody by name. */
export function findCaller(): { name: string; uid: number; gid: number } {
  try {
    const { username, uid, gid } = userInfo();
    return { name: username, uid, gid };
  } catch {
    return { name: '', uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 };
  }
}
