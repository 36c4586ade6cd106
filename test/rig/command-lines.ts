import { readdirSync, readFileSync } from 'node:fs';

/** The command lines of all processes of this machine. */
export function commandLines(): string[] {
  return readAll().map(({ line }) => line);
}

/** Who has that text in its command line. */
export function pidsNaming(text: string): number[] {
  return readAll().flatMap(({ pid, line }) => (line.includes(text) ? [pid] : []));
}

function readAll(): { pid: number; line: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return { pid: Number(name), line };
      } catch {
        // It ended in between.
        return { pid: Number(name), line: '' };
      }
    });
}
