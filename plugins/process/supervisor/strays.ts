import type { Clock } from 'devservices/machine';
import { endProcess } from '../ending/end-process.ts';
import { findMarked } from '../ending/marked-processes.ts';
import type { ProcessRecord } from '../record/process-record.ts';

// A stray's own grace is not known any more.
const graceMs = 10_000;

/**
 * Ends what carries the checkout's marker and is in no record: its supervisor was killed between the
 * start and the note of it, or its record was removed by hand. Gives what it ended, by marker.
 */
export async function endStrays(
  checkout: string,
  { known, clock }: { known(): readonly ProcessRecord[]; clock: Clock },
): Promise<readonly string[]> {
  const found = findMarked((marker) => marker.startsWith(`${checkout}/`));
  // Read after the look: whatever is started now was recorded before.
  const ids = new Set(known().map(({ id }) => id));
  const markers = new Set(found.map(({ marker }) => marker).filter((one) => !ids.has(idOf(one))));
  await Promise.all(
    [...markers].map((marker) =>
      endProcess(recordOf(marker), { clock, signal: new AbortController().signal, graceMs }),
    ),
  );
  return [...markers];
}

const idOf = (marker: string): string => marker.split('/')[3] ?? '';

function recordOf(marker: string): ProcessRecord {
  const [checkout = '', project = '', service = '', id = ''] = marker.split('/');
  return {
    v: 1,
    id,
    target: {
      project: { project, checkout },
      service,
      runKey: '',
      run: { kind: 'process', stopSignal: 'SIGTERM', stopGracePeriod: graceMs },
      ports: [],
      spec: { v: 1, fields: {} },
    },
    callerEnvironment: {},
    createdAt: 0,
    restarts: 0,
    isStopped: true,
  };
}
