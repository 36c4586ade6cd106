import { text } from 'node:stream/consumers';
import type { SshAddress } from '../engine/engine-address.ts';
import { openSsh } from '../engine/ssh/open-ssh.ts';
import { commandArguments } from '../engine/ssh/ssh-command.ts';

// What this user may not look into may be there all the same, for the engine.
const script = [
  'while IFS= read -r path; do at=$path;',
  'until test -e "$at" || test -z "$at"; do at=${at%/*}; done;',
  'if test "$at" = "$path" || test ! -x "${at:-/}"; then echo there; else echo missing; fi;',
  'done',
].join(' ');

/**
 * Which of these absolute paths are surely not on the machine that ssh leads to: one ssh asks for all,
 * and they are its input, so that no shell reads them. Throws an SshFailure, or an Error where the
 * answer is none.
 */
export async function findMissingPaths(
  address: SshAddress,
  paths: readonly string[],
  { env, signal }: { env: Readonly<Record<string, string | undefined>>; signal: AbortSignal },
): Promise<Set<string>> {
  // A path of several lines would be asked as several paths.
  const asked = [...new Set(paths)].filter((path) => !path.includes('\n'));
  if (asked.length === 0) return new Set();
  const command = `sh -c '${script}'`;
  const ssh = openSsh(commandArguments(address, { command, isAttended: process.stdin.isTTY }), env);
  const leave = (): void => void ssh.destroy(signal.reason as Error);
  signal.addEventListener('abort', leave, { once: true });
  try {
    signal.throwIfAborted();
    ssh.end(`${asked.join('\n')}\n`);
    const answers = (await text(ssh)).trim().split(/\s+/);
    if (answers.length !== asked.length || !answers.every(isAnswer)) {
      throw new Error(`${address.host} gave no answer that fits`);
    }
    return new Set(asked.filter((_, index) => answers[index] === 'missing'));
  } finally {
    signal.removeEventListener('abort', leave);
    ssh.destroy();
  }
}

const isAnswer = (word: string): boolean => word === 'there' || word === 'missing';
