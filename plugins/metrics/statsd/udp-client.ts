import { StatsD } from 'hot-shots';

/** Sends datagrams, one after another. */
export interface UdpClient {
  /** Rejects where the system refuses it; whether anybody reads it is not told. */
  send(datagram: string): Promise<void>;
  close(): Promise<void>;
}

/** Nothing of the process's environment is read: what is sent where is the configuration's. */
export function createUdpClient({ address, port }: { address: string; port: number }): UdpClient {
  const client = new StatsD({
    host: address,
    port,
    protocol: 'udp',
    // Lines are joined already.
    maxBufferSize: 0,
    datadog: false,
    includeDataDogTags: false,
    includeDatadogTelemetry: false,
    originDetection: false,
    errorHandler: () => {},
  }) as StatsD & SendsLines;
  return {
    send: (datagram) =>
      new Promise((resolve, reject) => {
        client.send(datagram, [], (error) => (error ? reject(error) : resolve()));
      }),
    close: () => new Promise((resolve) => client.close(() => resolve())),
  };
}

/** It is documented, and its types do not have it. */
interface SendsLines {
  send(message: string, tags: readonly string[], done: (error?: Error | null) => void): void;
}
