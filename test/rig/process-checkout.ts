import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevServicesEvent } from '../../core/events.ts';
import { findListeners } from '../../core/identity/listeners.ts';
import { identifyProcess, isAlive } from '../../core/identity/process-identity.ts';
import type { ProcessRecord } from '../../plugins/process/record/process-record.ts';
import type { SupervisorFile } from '../../plugins/process/supervisor/protocol.ts';
import { type Checkout, createCheckout } from './checkout.ts';

/** A checkout whose services are processes, and what can be seen of them from outside. */
export interface ProcessCheckout extends Checkout {
  configure(services: Record<string, unknown>): void;
  record(service: string): ProcessRecord;
  /** Rewrites a record, as if it were of another time. */
  amend(service: string, change: (record: ProcessRecord) => ProcessRecord): void;
  /** Pids of the leaders that live, by service. */
  pids(): Record<string, number>;
  /** Of the living supervisor. */
  supervisor(): number | undefined;
  /** Everything that carries the checkout's marker, its supervisor and its socket. */
  left(): { processes: number[]; supervisor: number | undefined; sockets: string[] };
  /** The whole journal, in order: `service state` for those, the kind of event for all others. */
  journal(): string[];
  /** The states alone. */
  states(): string[];
}

/** Makes one; without an engine's address there is none that it could reach. */
export function createProcessCheckout(
  engine: Parameters<typeof createCheckout>[0] = null,
): ProcessCheckout {
  const checkout = createCheckout(engine);
  const home = join(checkout.stateHome, 'devservices');
  const ids = (): string[] =>
    existsSync(home) ? readdirSync(home).filter((name) => /^[0-9a-f]{12}$/.test(name)) : [];
  const files = (): string[] =>
    ids().flatMap((id) => {
      const folder = join(home, id, 'processes');
      if (!existsSync(folder)) return [];
      const found = readdirSync(folder, { recursive: true, encoding: 'utf8' });
      return found
        .filter((name) => /^[^/]+\/[a-z0-9-]+\.json$/.test(name) && !name.endsWith('/relays.json'))
        .map((name) => join(folder, name));
    });
  const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as ProcessRecord;
  const fileOf = (service: string): string => {
    const found = files().find((file) => file.endsWith(`/${service}.json`));
    if (found === undefined) throw new Error(`there is no record of ${service}`);
    return found;
  };
  const supervisor = (): number | undefined =>
    ids()
      .map((id) => join(home, id, 'supervisor.json'))
      .filter((file) => existsSync(file))
      .map((file) => JSON.parse(readFileSync(file, 'utf8')) as SupervisorFile)
      .find(({ identity, startedAt }) => isAlive(identity, startedAt))?.identity.pid;
  const journal = (): string[] =>
    ids().flatMap((id) =>
      readFileSync(join(home, id, 'events.ndjson'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as DevServicesEvent)
        .map((event) =>
          event.event === 'service-state' ? `${event.service} ${event.state}` : event.event,
        ),
    );
  return Object.assign(checkout, {
    configure: (services: Record<string, unknown>) =>
      checkout.write({ 'devservices.config.json': JSON.stringify({ services }) }),
    record: (service: string) => read(fileOf(service)),
    amend(service: string, change: (record: ProcessRecord) => ProcessRecord) {
      const file = fileOf(service);
      writeFileSync(file, JSON.stringify(change(read(file))), { mode: 0o600 });
    },
    pids: () =>
      Object.fromEntries(
        files()
          .map(read)
          .flatMap(({ target, life }) =>
            life?.leader && isAlive(life.leader, life.startedAt)
              ? [[target.service, life.leader.pid]]
              : [],
          ),
      ),
    supervisor,
    left() {
      const sockets = join(checkout.outside, 'run', 'devservices');
      return {
        processes: ids().flatMap(marked),
        supervisor: supervisor(),
        sockets: existsSync(sockets) ? readdirSync(sockets) : [],
      };
    },
    journal,
    states: () => journal().filter((line) => line.includes(' ')),
  });
}

/** What `left` gives where nothing is. */
export const nothing = { processes: [], supervisor: undefined, sockets: [] };

/** A run: a shell's script. */
export const shell = (text: string, more: object = {}) => ({
  kind: 'process',
  command: ['sh', '-c', text],
  ...more,
});

/** Runs until it is asked to end, and says its pid first. */
export const idle = shell('echo "up $$"; exec sleep 1000');

/** A run: a server on its `PORT` that answers with its pid and, if there is one, `GREETING`. */
export const server = (more: object = {}) => ({
  kind: 'process',
  command: [
    process.execPath,
    '-e',
    `require('node:http')
      .createServer((_, answer) => answer.end(process.pid + ' ' + (process.env.GREETING ?? '')))
      .listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));`,
  ],
  ...more,
});

export const isListening = (port: number): boolean => findListeners(port).length > 0;

/** Ends a process at once, and resolves when it is gone. */
export async function killNow(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  while (identifyProcess(pid)) await new Promise((resolve) => setImmediate(resolve));
}

function marked(checkout: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return text.includes(`DEVSERVICES_PROCESS=${checkout}/`) && identifyProcess(pid);
      } catch {
        return false;
      }
    });
}
