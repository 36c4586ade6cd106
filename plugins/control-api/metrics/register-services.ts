import { Counter, Gauge, type Registry } from 'prom-client';
import type { MetricsMoment } from '../api-metrics.ts';
import { serviceStates } from '../specs/reports.ts';

/** How services stand, and what those that run use. */
export function registerServices(registry: Registry, { services, stats }: MetricsMoment): void {
  const registers = [registry];
  const states = new Gauge({
    name: 'devservices_service_state',
    help: '1 for the state that a service is in, 0 for every other.',
    labelNames: ['service', 'state'],
    registers,
  });
  for (const { name: service, state: now } of services) {
    for (const state of serviceStates) states.set({ service, state }, state === now ? 1 : 0);
  }
  const cpu = new Counter({
    name: 'devservices_service_cpu_seconds_total',
    help: 'CPU time of all processes of a service since it began.',
    labelNames: ['service'],
    registers,
  });
  const memory = new Gauge({
    name: 'devservices_service_memory_bytes',
    help: 'Memory of a service, without caches of files.',
    labelNames: ['service'],
    registers,
  });
  const network = new Counter({
    name: 'devservices_service_network_bytes_total',
    help: 'What a service received and sent, where its runner can tell.',
    labelNames: ['service', 'direction'],
    registers,
  });
  for (const { service, ...used } of stats) {
    cpu.inc({ service }, used.cpuMs / 1000);
    memory.set({ service }, used.memoryBytes);
    const { networkReceivedBytes: received, networkSentBytes: sent } = used;
    if (received !== null) network.inc({ service, direction: 'received' }, received);
    if (sent !== null) network.inc({ service, direction: 'sent' }, sent);
  }
}
