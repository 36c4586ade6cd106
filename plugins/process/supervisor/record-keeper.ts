import { type Clock, reasonOf } from 'devservices/machine';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecord, writeRecord } from '../record/records.ts';

/** What is remembered of one service while it is supervised: in memory and in its file. */
export interface RecordKeeper {
  readonly record: ProcessRecord;
  /** Takes over what the file says. */
  replace(record: ProcessRecord): void;
  /** Throws DS_STATE_UNWRITABLE; nothing has changed then. */
  write(record: ProcessRecord): void;
  /** Where the disk does not take it now, it is tried again until it does. */
  keep(change: Partial<ProcessRecord>): void;
  /** Its life has ended now, if it had one; undefined is a code that nobody knows. */
  conclude(exitCode: number | undefined, change?: Partial<ProcessRecord>): void;
  close(): void;
}

const triedAgainMs = 1000;

export function createRecordKeeper(
  first: ProcessRecord,
  { places, clock, say }: { places: ProcessPlaces; clock: Clock; say(text: string): void },
): RecordKeeper {
  const end = new AbortController();
  let record = first;
  let isUnsaved = false;

  const save = (): void => {
    // A later one of the same service has its own keeper, or none yet.
    if (readRecord(places, record.target.service)?.id === record.id) writeRecord(places, record);
  };
  const keep = (change: Partial<ProcessRecord>): void => {
    record = { ...record, ...change };
    if (isUnsaved) return;
    try {
      save();
    } catch (error) {
      say(reasonOf(error));
      void saveLater();
    }
  };
  const saveLater = async (): Promise<void> => {
    isUnsaved = true;
    while (isUnsaved && !end.signal.aborted) {
      try {
        await clock.sleep(triedAgainMs, end.signal);
        save();
        isUnsaved = false;
      } catch {
        // Said once; what is remembered in here is right meanwhile.
      }
    }
  };
  return {
    get record() {
      return record;
    },
    replace(found) {
      record = found;
    },
    write(changed) {
      writeRecord(places, changed);
      record = changed;
      isUnsaved = false;
    },
    keep,
    conclude(exitCode, change = {}) {
      if (!record.life) return keep(change);
      const { exitCode: _, ...lived } = record.life;
      const life = {
        ...lived,
        endedAt: clock.now(),
        ...(exitCode === undefined ? {} : { exitCode }),
      };
      keep({ ...change, life });
    },
    close: () => end.abort(),
  };
}
