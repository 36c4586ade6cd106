import { findPortHolder, serviceErrors } from 'devservices/machine';
import type { SshAddress } from '../engine/engine-address.ts';
import { machineArguments } from '../engine/ssh/ssh-command.ts';
import { dockerErrors } from '../errors.ts';
import { formatForward } from './forward.ts';
import type { Forward } from './forward.ts';
import { readRecord, removeRecord, writeRecord } from './forward-record.ts';
import type { ForwardRecord } from './forward-record.ts';
import { isSameMachine } from './is-same-machine.ts';
import * as master from './ssh-master.ts';
import type { MasterPlace } from './ssh-master.ts';

const heardMs = 2000;

/** The forwards of one project: one ssh, and a record of what it forwards. */
export interface ForwardSet {
  /** As recorded, while the ssh that the record names is there. */
  living(): ForwardRecord | undefined;
  /** Connects where that is not so yet. False where that machine is this one: nothing is to be forwarded. */
  connect(address: SshAddress, signal: AbortSignal): Promise<boolean>;
  /**
   * Has exactly these for a service. Throws DS_PORT_TAKEN for a port that somebody else holds here, and
   * DS_DOCKER_FORWARD_FAILED in ssh's own words.
   */
  put(
    address: SshAddress,
    wanted: { service: string; forwards: readonly Forward[]; signal: AbortSignal },
  ): Promise<void>;
  drop(service: string): Promise<void>;
  /** Ends the ssh where it leads elsewhere, or nowhere any more. */
  check(address: { url: string }): Promise<void>;
  /** Ends the ssh where it forwards nothing. */
  settle(): Promise<void>;
  /** Ends the ssh, and forgets it. */
  end(): Promise<void>;
}

/** `file` is the record's. Asks nothing before the first call; calls wait for one another. */
export function createForwardSet(file: string, place: MasterPlace): ForwardSet {
  let sameMachine: string | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => {});
    return turn;
  };
  const living = (): ForwardRecord | undefined => {
    const record = readRecord(file);
    return record && master.isThere(place, record) ? record : undefined;
  };
  const end = async (): Promise<void> => {
    await master.endMaster(place, readRecord(file));
    removeRecord(file);
  };
  const connect = async (
    address: SshAddress,
    signal: AbortSignal,
  ): Promise<ForwardRecord | undefined> => {
    const { url, host } = address;
    const record = living();
    if (record?.url === url) return record;
    if (sameMachine === url) return undefined;
    await end();
    const route = machineArguments(address, { isAttended: process.stdin.isTTY });
    const start = master.startMaster(place, { route, signal });
    const leader = await start.catch(async (thrown: unknown) => {
      // It may have gone into the background all the same.
      await end();
      throw signal.aborted ? thrown : failure(host, thrown);
    });
    const made: ForwardRecord = { v: 1, url, leader, startedAt: Date.now(), forwards: [] };
    writeRecord(file, made);
    if (await isSameMachine(place)) {
      sameMachine = url;
      await end();
      return undefined;
    }
    return made;
  };
  const put: ForwardSet['put'] = async (address, { service, forwards, signal }) => {
    const record = await connect(address, signal);
    if (!record) return;
    const { own, others } = apart(record, service);
    const lasting = new Set([...forwards, ...others].map(formatForward));
    const stale = own.filter((one) => !lasting.has(formatForward(one)));
    await Promise.all(stale.map((one) => master.cancelForward(place, one)));
    // Noted ahead: what nobody knows of would hold its port for ever.
    const noted = { ...record, forwards: [...others, ...forwards] };
    writeRecord(file, noted);
    const failures = new Map<Forward, Error>();
    for (const one of forwards) {
      const error = await open(place, one, address);
      if (error) failures.set(one, error);
    }
    const [first] = failures.values();
    if (!first) return;
    writeRecord(file, { ...noted, forwards: noted.forwards.filter((one) => !failures.has(one)) });
    throw first;
  };
  return {
    living,
    connect: (address, signal) =>
      inTurn(async () => (await connect(address, signal)) !== undefined),
    put: (address, wanted) => inTurn(() => put(address, wanted)),
    drop: (service) =>
      inTurn(async () => {
        const record = readRecord(file);
        if (!record) return;
        const { own, others } = apart(record, service);
        const lasting = new Set(others.map(formatForward));
        const stale = own.filter((one) => !lasting.has(formatForward(one)));
        if (living()) await Promise.all(stale.map((one) => master.cancelForward(place, one)));
        if (own.length > 0) writeRecord(file, { ...record, forwards: others });
      }),
    check: ({ url }) =>
      inTurn(async () => {
        const record = readRecord(file);
        if (!record) return;
        const isGood = record.url === url && living() && (await master.doesAnswer(place));
        if (!isGood) await end();
      }),
    settle: () => inTurn(async () => (readRecord(file)?.forwards.length === 0 ? end() : undefined)),
    end: () => inTurn(end),
  };
}

async function open(
  place: MasterPlace,
  forward: Forward,
  { host }: SshAddress,
): Promise<Error | undefined> {
  const { there } = forward;
  if (await isForbidden(place, forward)) {
    return failure(host, new Error(`its sshd does not let port ${there.port} be forwarded`));
  }
  const isOpen = await master.addForward(place, forward);
  return isOpen ? undefined : explain(forward, { host, words: master.wordsOf(place) });
}

// A machine that refused the first look refuses all of them, or all but those that it names: only
// there the port itself is tried.
async function isForbidden(place: MasterPlace, { there }: Forward): Promise<boolean> {
  const before = master.countRefusals(place);
  if (before === 0) return false;
  await master.hear(place, { port: there.port, timeoutMs: heardMs });
  return master.countRefusals(place) > before;
}

function apart({ forwards }: ForwardRecord, service: string) {
  return {
    own: forwards.filter((one) => one.service === service),
    others: forwards.filter((one) => one.service !== service),
  };
}

async function explain(
  { service, here }: Forward,
  { host, words }: { host: string; words: string },
): Promise<Error> {
  const holder = await findPortHolder(here.port);
  if (!holder) return failure(host, new Error(words || `port ${here.port} could not be had here`));
  const { command = 'another process', pid, address } = holder;
  const where = `${pid === undefined ? '' : `pid ${pid}, `}on ${address}`;
  const facts = { service, port: here.port, holder: `${command} (${where})` };
  return serviceErrors.create('DS_PORT_TAKEN', facts);
}

function failure(host: string, thrown: unknown): Error {
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  return dockerErrors.create('DS_DOCKER_FORWARD_FAILED', { host, reason }, thrown);
}
