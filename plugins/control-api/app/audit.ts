import type { ApiContext } from '../api-context.ts';

type EventBody = Parameters<ApiContext['events']['emit']>[0];

export type AuditedCall = Omit<Extract<EventBody, { event: 'api-called' }>, 'event'>;

/** Writes down who changed something, and who was refused. */
export interface Audit {
  /** Tells what is to be told of a call: not of reads that went well, or went wrong by themselves. */
  note(call: AuditedCall): void;
  /** Tells a refusal, whatever was asked. */
  refused(call: AuditedCall): void;
  /** Tells how many were left out, now. */
  close(): void;
}

const windowMs = 1000;
const mostRefusals = 20;
const refusedStatuses: readonly number[] = [401, 403, 413, 415, 421, 429];

/** What goes wrong can be caused by anybody, at any rate: each second tells twenty, and counts the others. */
export function createAudit({
  clock,
  events,
  log,
  signal,
}: Pick<ApiContext, 'clock' | 'events' | 'log' | 'signal'>): Audit {
  let windowStart = -Infinity;
  let told = 0;
  let leftOut = 0;

  const flush = (): void => {
    if (leftOut > 0) log.warn(`${leftOut} more calls of the API were refused within a second.`);
    leftOut = 0;
  };
  const isRoom = (): boolean => {
    const now = clock.monotonic();
    if (now - windowStart >= windowMs) {
      flush();
      windowStart = now;
      told = 0;
    }
    told += 1;
    if (told <= mostRefusals) return true;
    leftOut += 1;
    if (leftOut === 1) clock.sleep(windowStart + windowMs - now, signal).then(flush, () => {});
    return false;
  };
  const emit = (call: AuditedCall): void => {
    const { method, path, by, elapsedMs } = call;
    events.emit({
      event: 'api-called',
      ...call,
      method: shown(method, 20),
      path: shown(path, 200),
      by: shown(by, 100),
      elapsedMs: Math.round(elapsedMs),
    });
  };
  const refused = (call: AuditedCall): void => {
    if (!isRoom()) return;
    emit(call);
    const { method, path, by, status, code } = call;
    const why = code === undefined ? String(status) : `${status}, ${code}`;
    log.warn(`Refused: ${shown(method, 20)} ${shown(path, 200)} by ${shown(by, 100)} (${why})`);
  };
  return {
    refused,
    note(call) {
      const { method, status } = call;
      if (refusedStatuses.includes(status)) refused(call);
      else if (method !== 'GET' && method !== 'HEAD' && (status < 400 || isRoom())) emit(call);
    },
    close: flush,
  };
}

// It may be anything that somebody sent: a line of the journal is no longer for that, nor has it a token.
function shown(text: string, length: number): string {
  const plain = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '').replaceAll(/dst_[\w-]{8,}/g, 'dst_…');
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}
