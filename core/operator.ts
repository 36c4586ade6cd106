import { userInfo } from 'node:os';

/** Who is at the keyboard, as far as the system knows: a name, else a user id. */
export function operatorName(): string {
  try {
    return userInfo().username;
  } catch {
    // Not every user id has a name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
