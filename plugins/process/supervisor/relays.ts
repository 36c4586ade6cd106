import type { Clock } from 'devservices/machine';
import { asError, systemClock } from 'devservices/machine';
import type { Relay } from 'devservices/runner';
import type { ProcessPlaces } from '../record/process-record.ts';
import { createFindOwn } from './own-listeners.ts';
import type { FindOwn } from './own-listeners.ts';
import { readRelays, writeRelays } from './relay-file.ts';
import { openRelay } from './relay-listener.ts';
import type { RelayListener } from './relay-listener.ts';
import { assertReachedByUdp, findStanding, findTarget, nameFailure } from './relay-places.ts';

/** The relays of one project's processes. */
export interface Relays {
  /**
   * When it resolves the port is reached at the address, or will be as soon as the service listens.
   * Throws DS_PROCESS_RELAY_TAKEN, DS_PROCESS_RELAY_ADDRESS, DS_PROCESS_RELAY_FAILED and
   * DS_PROCESS_RELAY_UDP: there is none then, until it is asked for again.
   */
  ensure(relay: Relay): Promise<void>;
  /** Before a start of the service, which may listen at all addresses from now on. */
  release(service: string): void;
  drop(service: string): void;
  /** Takes up what a supervisor before this one had; what cannot be had yet is waited for. */
  restore(): Promise<void>;
  /** Ends them all; the next supervisor restores them. */
  close(): void;
}

export interface RelayOptions {
  clock?: Clock;
  findOwn?: FindOwn;
}

// A relay that was asked for:
//
//              the service listens on loopback
//   waiting ─────────────────────────────────────▶ relayed
//    ▲   │                                           │
//    │   └───────────────────▶ reached               │
//    │      at all addresses      │                  │
//    └────── before a start ──────┴──────────────────┘
//   ended ◀── dropped, closed, replaced: from wherever it is
interface Kept {
  readonly relay: Relay;
  state:
    | { name: 'waiting'; bell: AbortController }
    | { name: 'relayed'; listener: RelayListener }
    | { name: 'reached' | 'ended' };
  /** The look that goes on. */
  looking?: Promise<void> | undefined;
  /** What was in the way last, while nobody asked. */
  trouble?: string | undefined;
}

// Nothing tells when a process begins to listen.
const firstPauseMs = 20;
const longestPauseMs = 200;
const growth = 1.3;
// Somebody else has to act first.
const troublePauseMs = 5000;

/** Makes no relay before it is asked for one. `say` gets what goes wrong while nobody asks. */
export function createRelays(
  places: ProcessPlaces,
  say: (text: string) => void,
  { clock = systemClock, findOwn = createFindOwn(places) }: RelayOptions = {},
): Relays {
  const kept = new Map<string, Kept>();
  return {
    async ensure(relay) {
      if (relay.port.protocol === 'udp') return assertReachedByUdp(relay, findOwn);
      const before = kept.get(keyOf(relay));
      if (before && !isSame(before.relay, relay)) end(before);
      const one = kept.get(keyOf(relay)) ?? keep(relay);
      // What listened at all addresses may have been another start of it.
      if (one.state.name === 'reached') one.state = waiting();
      try {
        await look(one);
      } catch (error) {
        end(one);
        throw error;
      } finally {
        remember();
      }
      if (one.state.name === 'waiting') wait(one);
    },
    release(service) {
      for (const one of of(service)) {
        if (one.state.name === 'relayed') one.state.listener.stop();
        wait(one);
      }
    },
    drop(service) {
      for (const one of of(service)) end(one);
      remember();
    },
    async restore() {
      for (const relay of readRelays(places)) {
        const one = keep(relay);
        await lookAlone(one);
        if (one.state.name === 'waiting') wait(one);
      }
    },
    close() {
      for (const one of kept.values()) end(one);
    },
  };

  function of(service: string): readonly Kept[] {
    return [...kept.values()].filter(({ relay }) => relay.service === service);
  }

  function keep(relay: Relay): Kept {
    const one: Kept = { relay, state: waiting() };
    kept.set(keyOf(relay), one);
    return one;
  }

  function remember(): void {
    writeRelays(
      places,
      [...kept.values()].map(({ relay }) => relay),
    );
  }

  function end(one: Kept): void {
    if (one.state.name === 'waiting') one.state.bell.abort();
    if (one.state.name === 'relayed') one.state.listener.close();
    one.state = { name: 'ended' };
    kept.delete(keyOf(one.relay));
  }

  /** One at a time: two would want the address from each other. */
  function look(one: Kept): Promise<void> {
    one.looking ??= lookOnce(one).finally(() => (one.looking = undefined));
    return one.looking;
  }

  async function lookOnce(one: Kept): Promise<void> {
    const { relay, state } = one;
    if (state.name !== 'waiting') return;
    const standing = findStanding(relay, findOwn);
    if (standing === 'nobody') return;
    const listener = standing === 'reached' ? undefined : await open(relay);
    // It was released or ended meanwhile.
    if (one.state !== state) return listener?.close();
    state.bell.abort();
    one.state = listener ? { name: 'relayed', listener } : { name: 'reached' };
  }

  async function open(relay: Relay): Promise<RelayListener | undefined> {
    const { at, port } = relay;
    try {
      return await openRelay({ at, port: port.host, findTarget: () => findTarget(relay, findOwn) });
    } catch (error) {
      const failure = nameFailure({ relay, error: error as NodeJS.ErrnoException }, findOwn);
      if (failure) throw failure;
      return undefined;
    }
  }

  function wait(one: Kept): void {
    if (one.state.name === 'waiting') one.state.bell.abort();
    const state = (one.state = waiting());
    void lookUntil(one, state.bell.signal);
  }

  async function lookUntil(one: Kept, signal: AbortSignal): Promise<void> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(longestPauseMs, pauseMs * growth)) {
      await clock
        .sleep(one.trouble === undefined ? pauseMs : troublePauseMs, signal)
        .catch(() => {});
      if (signal.aborted) return;
      await lookAlone(one);
    }
  }

  /** A look that nobody asked for: what is in its way is said once. */
  async function lookAlone(one: Kept): Promise<void> {
    const before = one.trouble;
    one.trouble = undefined;
    await look(one).catch((error: unknown) => {
      one.trouble = asError(error).message;
      if (one.trouble !== before) say(one.trouble);
    });
  }
}

const waiting = () => ({ name: 'waiting', bell: new AbortController() }) as const;

const keyOf = ({ service, port }: Relay): string => `${service} ${port.name}`;

const isSame = (one: Relay, other: Relay): boolean =>
  one.at === other.at && one.port.host === other.port.host;
