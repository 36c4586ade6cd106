import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Instruments } from '../api-metrics.ts';
import { registerCounted } from './register-counted.ts';
import { registerServices } from './register-services.ts';

/** What counts calls, and writes all there is to tell. */
export function createInstruments(): Instruments {
  const registers = [new Registry()];
  const requests = new Counter({
    name: 'devservices_api_requests_total',
    help: 'Calls of the API that were answered, refused ones too.',
    labelNames: ['method', 'route', 'status'],
    registers,
  });
  const durations = new Histogram({
    name: 'devservices_api_request_duration_seconds',
    help: 'From a call to its answer; of a stream, to its beginning.',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
    registers,
  });
  return {
    noteCall({ method, route, status, elapsedMs }) {
      requests.inc({ method, route, status });
      if (elapsedMs >= 0) durations.observe({ method, route }, elapsedMs / 1000);
    },
    async render(moment, streams) {
      const registry = new Registry();
      registerServices(registry, moment);
      registerStreams(registry, streams);
      registerCounted(registry, moment.rows);
      const texts = await Promise.all([...registers, registry].map((one) => one.metrics()));
      return texts.join('\n');
    },
  };
}

function registerStreams(
  registry: Registry,
  { clients, dropped }: { clients: number; dropped: number },
): void {
  const registers = [registry];
  new Gauge({
    name: 'devservices_stream_clients',
    help: 'Streams that are open.',
    registers,
  }).set(clients);
  new Counter({
    name: 'devservices_stream_clients_dropped_total',
    help: 'Streams that were given up, as their readers did not keep up.',
    registers,
  }).inc(dropped);
}
