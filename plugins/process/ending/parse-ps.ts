import { markerVariable } from '../record/process-record.ts';
import type { ProcessRow } from './process-row.ts';

/**
 * What `ps -axwwE -o pid= -o ppid= -o pgid= -o stat= -o lstart= -o command=` of macOS prints: the
 * environment follows the command, of processes of this user that the system lets look into.
 */
export function parsePs(text: string): readonly ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const found = columns.exec(line);
    if (!found) return [];
    const [, pid, parent, group, state = '', began = '', command = ''] = found;
    return [
      {
        identity: { pid: Number(pid), startTicks: '', bootId: '' },
        parent: Number(parent),
        group: Number(group),
        isZombie: state.startsWith('Z'),
        beganAt: Date.parse(began),
        marker: marked.exec(command)?.[1],
      },
    ];
  });
}

const columns =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})(?:\s+(.*))?$/;
// No part of a marker has a space in it.
const marked = new RegExp(`(?:^|\\s)${markerVariable}=(\\S+)`);
