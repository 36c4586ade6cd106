import { markerVariable } from '../record/process-record.ts';
import type { ProcessRow } from './process-row.ts';

/**
 * What `ps -axwwE -o pid= -o ppid= -o pgid= -o stat= -o time= -o rss= -o lstart= -o command=` of macOS
 * prints: the environment follows the command, of processes of this user that the system lets look into.
 */
export function parsePs(text: string): readonly ProcessRow[] {
  return text.split('\n').flatMap((line) => {
    const found = columns.exec(line);
    if (!found) return [];
    const [, pid, parent, group, state = '', time = '', rss, began = '', command = ''] = found;
    return [
      {
        identity: { pid: Number(pid), startTicks: '', bootId: '' },
        parent: Number(parent),
        group: Number(group),
        isZombie: state.startsWith('Z'),
        cpuMs: parseTime(time),
        residentBytes: Number(rss) * 1024,
        beganAt: Date.parse(began),
        marker: marked.exec(command)?.[1],
      },
    ];
  });
}

// `0:00.03`, `71:02.50`, `1-02:03:04`
function parseTime(text: string): number {
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  const whole = (Number(days) * 24 + Number(hours)) * 60 + Number(minutes);
  return Math.round((whole * 60 + Number(seconds)) * 1000);
}

const columns =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+([\d:.-]+)\s+(\d+)\s+(\w{3}\s+\w{3}\s+\d+\s+[\d:]+\s+\d{4})(?:\s+(.*))?$/;
// No part of a marker has a space in it.
const marked = new RegExp(`(?:^|\\s)${markerVariable}=(\\S+)`);
