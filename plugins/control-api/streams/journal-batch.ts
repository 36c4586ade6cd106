import type { JournalEntry } from 'devservices/machine';
import { encodeEvent } from './encode-event.ts';

/** Entries of a journal as they are sent, encoded once for everybody who reads them. */
export interface JournalBatch {
  /** All of them, or those that are wanted. */
  select(wanted: WantedEntries): { encoded: Uint8Array; lastId: string | undefined };
  /** Id of the last one. */
  readonly lastId: number;
}

export interface WantedEntries {
  /** Those before were seen. */
  from: number;
  /** Default: all. */
  keeps?: ((event: JournalEntry['event']) => boolean) | undefined;
}

/** Of at least one entry. */
export function encodeBatch(entries: readonly JournalEntry[]): JournalBatch {
  const pieces = entries.map(({ id, event }) => encodeEvent({ id: `${id}`, data: event }));
  const all = Buffer.concat(pieces);
  const firstId = entries[0]?.id ?? 0;
  const lastId = entries.at(-1)?.id ?? 0;
  return {
    lastId,
    select({ from, keeps }) {
      if (from <= firstId && !keeps) return { encoded: all, lastId: `${lastId}` };
      const wanted = entries.flatMap(({ id, event }, index) =>
        id >= from && (keeps?.(event) ?? true) ? [{ id, piece: pieces[index] as Buffer }] : [],
      );
      const last = wanted.at(-1);
      return {
        encoded: Buffer.concat(wanted.map(({ piece }) => piece)),
        lastId: last && `${last.id}`,
      };
    },
  };
}
