import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogLine } from 'devservices/runner';
import { createFakeClock, type FakeClock } from '../../../../core/testing/fake-clock.ts';
import { listParts } from '../../../../plugins/process/logs/log-files.ts';
import {
  type LogStore,
  type LogStoreOptions,
  openLogStore,
} from '../../../../plugins/process/logs/log-store.ts';
import { type LogRequest, readLog } from '../../../../plugins/process/logs/read-log.ts';

/** A log in a folder of its own, written as processes write it. */
export interface LogRig extends Disposable {
  path: string;
  clock: FakeClock;
  /** What was said of the disk. */
  said: string[];
  open(options?: Partial<LogStoreOptions>): LogStore;
  write(text: string | Buffer): void;
  rotate(store: LogStore): Promise<boolean>;
  /** Of parts and live file. */
  bytes(): Buffer;
  read(request?: Partial<LogRequest>): Promise<LogLine[]>;
  texts(request?: Partial<LogRequest>): Promise<string[]>;
  /** Follows from now on; `lines` grows, `until` resolves when it has so many. */
  follow(request?: Partial<LogRequest>): Followed;
}

export interface Followed {
  lines: LogLine[];
  until(count: number): Promise<string[]>;
  /** Ends the following; gives all that came. */
  end(): Promise<string[]>;
  /** When it has ended. */
  done: Promise<void>;
}

export function createLogRig(place = tmpdir()): LogRig {
  const folder = mkdtempSync(join(place, 'ds-log-'));
  const path = join(folder, 'api.log');
  const clock = createFakeClock();
  const said: string[] = [];
  const stores = new Set<LogStore>();
  const request = { service: 'api', follow: false, signal: new AbortController().signal };
  const read = async (options: Partial<LogRequest> = {}) => {
    const lines: LogLine[] = [];
    for await (const line of readLog(path, { ...request, ...options })) lines.push(line);
    return lines;
  };
  return {
    path,
    clock,
    said,
    open(options) {
      const store = openLogStore(path, {
        clock,
        onTrouble: ({ code }) => said.push(code),
        ...options,
      });
      stores.add(store);
      return store;
    },
    write: (text) => appendFileSync(path, text),
    rotate: (store) =>
      store.rotate(
        () => {},
        () => {},
      ),
    bytes: () =>
      Buffer.concat(
        [...listParts(path).map((part) => part.path), path].map((one) => readFileSync(one)),
      ),
    read,
    follow(options) {
      const stop = new AbortController();
      const lines: LogLine[] = [];
      let onLine = () => {};
      const texts = () => lines.map(({ text }) => text);
      const take = async () => {
        const following = { ...request, follow: true, signal: stop.signal, ...options };
        for await (const line of readLog(path, following)) {
          lines.push(line);
          onLine();
        }
      };
      const done = take();
      return {
        lines,
        done,
        until: (count) =>
          new Promise((resolve, reject) => {
            onLine = () => {
              if (lines.length < count) return;
              onLine = () => {};
              resolve(texts());
            };
            onLine();
            done.then(() => resolve(texts()), reject);
          }),
        async end() {
          stop.abort();
          await done;
          return texts();
        },
      };
    },
    texts: async (options) => (await read(options)).map(({ text }) => text),
    [Symbol.dispose]() {
      for (const store of stores) store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a rotation had done when whoever did it was killed; `start`: the logical offset of the live file. */
export function cutShort(
  path: string,
  step: 'prepared' | 'named' | 'emptied',
  start: number,
): void {
  const bytes = readFileSync(path);
  if (step === 'prepared') {
    writeFileSync(`${path}.${start}.tmp`, bytes.subarray(0, bytes.length / 2));
    return;
  }
  writeFileSync(`${path}.${start}`, bytes);
  if (step === 'emptied') truncateSync(path, 0);
}
