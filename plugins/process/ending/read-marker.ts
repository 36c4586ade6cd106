import { readFileSync } from 'node:fs';
import { markerVariable } from '../record/process-record.ts';

/** The marker in the environment of a process that this user may look into; Linux only. */
export function readMarker(pid: number): string | undefined {
  try {
    return findMarker(readFileSync(`/proc/${pid}/environ`));
  } catch {
    return undefined;
  }
}

/** The marker in an environment as the system shows it: `NAME=value`, each ended by a zero byte. */
export function findMarker(environment: Buffer): string | undefined {
  const name = `${markerVariable}=`;
  for (let at = environment.indexOf(name); at >= 0; at = environment.indexOf(name, at + 1)) {
    if (at > 0 && environment[at - 1] !== 0) continue;
    const end = environment.indexOf(0, at);
    return environment.toString('utf8', at + name.length, end < 0 ? undefined : end);
  }
  return undefined;
}
