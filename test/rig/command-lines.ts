import { readdirSync, readFileSync } from 'node:fs';

/** The command lines of all processes of this machine. */
export function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It ended in between.
        return '';
      }
    });
}
