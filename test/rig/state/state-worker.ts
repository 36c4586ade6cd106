import { unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { systemClock } from '../../../core/clock.ts';
import { openCheckout } from '../../../core/identity/checkout.ts';
import { loadHmacKey } from '../../../core/identity/hmac-key.ts';
import { leasePorts } from '../../../core/identity/leases.ts';
import { acquireLock, type Lock } from '../../../core/identity/lock.ts';
import { attemptLock } from '../../../core/identity/lock-folder.ts';
import { identifyProcess } from '../../../core/identity/process-identity.ts';
import { resolveProject } from '../../../core/identity/project-name.ts';
import { openJournal } from '../../../core/journal.ts';

/** What a process of the concurrency tests can be asked to do, and what it answers. */
export interface StateWork {
  /** Opens folders, claims a name and leases a port in each. */
  open(work: { roots: readonly string[]; stateHome: string }): Promise<readonly OpenedFolder[]>;
  /** Takes a lock, keeps it, and answers then. */
  hold(work: { path: string }): Promise<void>;
  release(work: object): Promise<void>;
  /** Takes and releases a lock again and again; answers how often somebody else was inside too. */
  takeTurns(work: { path: string; times: number }): Promise<number>;
  /** Appends a message a text; answers with their ids. */
  append(work: { path: string; texts: readonly string[] }): Promise<readonly number[]>;
  loadKey(work: { stateFolder: string }): Promise<string>;
}

export interface OpenedFolder {
  id: string;
  isNew: boolean;
  project: string;
  port: number;
}

let held: Lock | undefined;

const work: StateWork = {
  async open({ roots, stateHome }) {
    const opened: OpenedFolder[] = [];
    for (const root of roots) {
      const env = { XDG_STATE_HOME: stateHome };
      const checkout = openCheckout({ root, env, now: Date.now });
      const { project } = resolveProject({ checkout, name: 'shop' });
      const ports = await leasePorts({
        checkout,
        project,
        wanted: [{ service: 'postgres', port: 'sql', preferred: 5432 }],
        isFree: async () => true,
        mode: 'fail',
      });
      const port = ports.get('postgres/sql') ?? 0;
      opened.push({ id: checkout.id, isNew: checkout.isNew, project, port });
    }
    return opened;
  },
  async hold({ path }) {
    held = await acquireLock({ path, task: 'up', clock: systemClock });
  },
  async release() {
    held?.release();
  },
  async takeTurns({ path, times }) {
    let collisions = 0;
    for (let turn = 0; turn < times; turn++) collisions += await takeTurn(path);
    return collisions;
  },
  async append({ path, texts }) {
    const journal = openJournal(path);
    return texts.map(
      (text) =>
        journal.append({ event: 'message', level: 'info', text, at: '', project: 'shop' }) ?? -1,
    );
  },
  async loadKey({ stateFolder }) {
    return Buffer.from(loadHmacKey({ stateFolder })).toString('hex');
  },
};

/** One turn inside the lock, after which a lock is left as a killed holder leaves it, if it is free. */
async function takeTurn(path: string): Promise<number> {
  const lock = await acquireLock({ path, task: 'up', clock: systemClock });
  const inside = join(`${path}.inside`);
  let collisions = 0;
  try {
    writeFileSync(inside, '', { flag: 'wx' });
    unlinkSync(inside);
  } catch {
    collisions = 1;
  }
  lock.release();
  const self = identifyProcess(process.pid);
  if (self) attemptLock(path, { ...self, startTicks: '1', task: 'up', since: 0 });
  return collisions;
}

process.on('message', ({ name, input }: { name: keyof StateWork; input: never }) => {
  void work[name](input).then(
    (output) => process.send?.({ output }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.({ output: 'started' });
