import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from 'devservices/runner';
import { processErrors } from '../errors.ts';

const longestBytes = process.platform === 'linux' ? 107 : 103;

/** What is wrong with the folder of sockets, of which this is one; nothing where it is not there yet. */
export function inspectSockets(socket: string): Finding[] {
  const bytes = Buffer.byteLength(socket);
  if (bytes > longestBytes) {
    const facts = { path: socket, bytes, longest: longestBytes };
    const { message, hint } = processErrors.create('DS_PROCESS_SOCKET_TOO_LONG', facts);
    return [{ name: 'processes', level: 'problem', text: message, hint }];
  }
  const folder = dirname(socket);
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found || found.isSymbolicLink()) return [];
  const uid = process.getuid?.();
  if (uid === undefined || found.uid === uid) return [];
  return [
    {
      name: 'processes',
      level: 'problem',
      text: `the folder of sockets, ${folder}, belongs to user ${found.uid}`,
      hint: 'Choose another by XDG_RUNTIME_DIR.',
    },
  ];
}
