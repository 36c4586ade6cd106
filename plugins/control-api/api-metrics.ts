import type { PluginContext } from 'devservices';

/** A call that was answered. */
export interface NotedCall {
  method: string;
  /** As its route has it, `/services/{name}`; empty where none was found. Never the path that was asked. */
  route: string;
  status: number;
  elapsedMs: number;
}

/** How the project stands when the metrics are asked for. */
export interface MetricsMoment {
  services: readonly { name: string; state: string }[];
  stats: readonly {
    service: string;
    cpuMs: number;
    memoryBytes: number;
    networkReceivedBytes: number | null;
    networkSentBytes: number | null;
  }[];
  /** What plugins counted. */
  rows: ReturnType<PluginContext<unknown>['metrics']['snapshot']>;
}

/** Counts what the API itself does, and writes all of it down for Prometheus. */
export interface ApiMetrics {
  noteCall(call: NotedCall): void;
  readonly streams: {
    opened(): void;
    closed(): void;
    /** Besides `closed`: it was given up as its reader did not keep up. */
    dropped(): void;
  };
  /** In the text format of Prometheus. */
  render(moment: MetricsMoment): Promise<string>;
}

/** What does the counting and the writing. */
export interface Instruments {
  noteCall(call: NotedCall): void;
  render(moment: MetricsMoment, streams: { clients: number; dropped: number }): Promise<string>;
}

/** One for each API: nothing is counted in common with another. */
export function createApiMetrics(): ApiMetrics {
  const waiting: NotedCall[] = [];
  const streams = { clients: 0, dropped: 0 };
  let loading: Promise<Instruments> | undefined;
  // It takes some 40 ms to load: only for who asks, or where there is much to count.
  const load = (): Promise<Instruments> =>
    (loading ??= import('./metrics/instruments.ts').then(({ createInstruments }) =>
      createInstruments(),
    ));
  const settle = async (): Promise<Instruments> => {
    const instruments = await load();
    for (const call of waiting.splice(0)) instruments.noteCall(call);
    return instruments;
  };
  return {
    noteCall(call) {
      waiting.push(call);
      // Where it cannot be loaded nobody can ask: who does is told why.
      if (waiting.length >= waitingCalls) settle().catch(() => waiting.splice(0));
    },
    streams: {
      opened: () => void (streams.clients += 1),
      closed: () => void (streams.clients -= 1),
      dropped: () => void (streams.dropped += 1),
    },
    render: async (moment) => (await settle()).render(moment, streams),
  };
}

const waitingCalls = 1000;
