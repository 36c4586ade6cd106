import { randomBytes } from 'node:crypto';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  ensurePrivateFolder,
  fileReason,
  isErrno,
  loadStateFile,
  stateErrors,
} from 'devservices/machine';
import type { CommandShell } from 'devservices/runner';
import { workstationErrors } from '../errors.ts';

export interface KeyPair {
  privateFile: string;
  /** The whole line: `ssh-ed25519 AAAA… COMMENT`. */
  publicKey: string;
}

/**
 * The pair of keys in a folder, made where there is none; who asks at once gets the same. Throws
 * DS_WORKSTATION_KEYGEN, DS_STATE_UNWRITABLE, DS_STATE_UNREADABLE.
 */
export async function ensureKeyPair(folder: string, $: CommandShell): Promise<KeyPair> {
  const known = readPair(folder);
  if (known) return known;
  ensurePrivateFolder(dirname(folder));
  // A folder is renamed only onto nothing: of two at once, one pair is everybody's.
  const prepared = `${folder}.${randomBytes(6).toString('hex')}`;
  try {
    ensurePrivateFolder(prepared);
    await generate(join(prepared, fileName), $);
    moveOntoNothing(prepared, folder);
  } finally {
    rmSync(prepared, { recursive: true, force: true });
  }
  const made = readPair(folder);
  if (made) return made;
  const reason = 'ssh-keygen wrote no public key';
  throw stateErrors.create('DS_STATE_UNREADABLE', { path: folder, reason });
}

const fileName = 'id_ed25519';

function readPair(folder: string): KeyPair | undefined {
  const privateFile = join(folder, fileName);
  const publicKey = loadStateFile(`${privateFile}.pub`)?.trim();
  return publicKey === undefined ? undefined : { privateFile, publicKey };
}

async function generate(file: string, $: CommandShell): Promise<void> {
  const run = $({ nothrow: true, quiet: true, exports: false });
  const { exitCode, stderr } =
    await run`ssh-keygen -q -t ed25519 -N ${''} -C devservices -f ${file}`;
  if (exitCode !== 0) {
    const reason = exitCode === 127 ? 'it is not on the PATH' : stderr.trim();
    throw workstationErrors.create('DS_WORKSTATION_KEYGEN', { reason });
  }
  chmodSync(`${file}.pub`, 0o600);
}

function moveOntoNothing(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return;
    throw stateErrors.create('DS_STATE_UNWRITABLE', { path: to, reason: fileReason(error) }, error);
  }
}
