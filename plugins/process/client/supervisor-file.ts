import { isAlive, loadStateFile, parseObject } from 'devservices/machine';
import type { ProcessPlaces } from '../record/process-record.ts';
import type { SupervisorFile } from '../supervisor/protocol.ts';

/** What the file of a checkout's supervisor says, or undefined where none lives. Throws DS_STATE_UNREADABLE. */
export function readLivingSupervisor(
  places: Pick<ProcessPlaces, 'supervisor'>,
): SupervisorFile | undefined {
  const file = readSupervisorFile(places.supervisor);
  return file && isAlive(file.identity, file.startedAt) ? file : undefined;
}

/** What is written there, of a living supervisor or of one that was killed. */
export function readSupervisorFile(path: string): SupervisorFile | undefined {
  const found = parseObject(loadStateFile(path) ?? '');
  return isSupervisorFile(found) ? found : undefined;
}

// What is damaged names nobody who could be asked: whoever starts next writes it anew.
function isSupervisorFile(found: unknown): found is SupervisorFile {
  const { identity, protocol, token, socket } = (found ?? {}) as Partial<SupervisorFile>;
  return (
    typeof identity?.pid === 'number' &&
    typeof protocol === 'number' &&
    typeof token === 'string' &&
    typeof socket === 'string'
  );
}
