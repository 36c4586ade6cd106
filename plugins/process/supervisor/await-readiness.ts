import { type Clock, probeService, reasonOf, waitReady } from 'devservices/machine';
import { readLog } from '../logs/read-log.ts';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { generationOf, toInstance } from '../record/records.ts';
import { execBeside } from '../runner/exec-beside.ts';
import { checkListening, findProbeAddress } from '../runner/probe-parts.ts';
import type { SupervisedService } from './supervised-service.ts';

/**
 * Waits until what runs of a service now is ready, as core does after a start that it asked for, and
 * remembers it. False where it ended or its deadline passed before that.
 */
export async function awaitReadiness(
  service: SupervisedService,
  { places, clock, say }: { places: ProcessPlaces; clock: Clock; say(text: string): void },
): Promise<boolean> {
  const { living, record } = service;
  const { life, target } = record;
  if (!living || !life?.leader) return false;
  const probed = {
    runner: {
      listens: (_: unknown, port, signal) => checkListening(record, port, signal),
      probeAddress: (_: unknown, port, signal) => findProbeAddress(record, port, signal),
      exec: (_: unknown, command, signal) => execBeside(record, command, signal),
    },
    instance: toInstance(record),
    ports: target.ports,
  } satisfies Parameters<typeof probeService>[0];
  try {
    await waitReady({
      readiness: target.readiness ?? { kind: 'none' },
      source: {
        probe: (probe, signal) => probeService(probed, probe, signal),
        logMatch: (pattern, times, signal) =>
          matchLog({ places, record }, { pattern, times, signal }),
        // Processes have none: what asks for it is refused when it is planned.
        healthy: () => new Promise(() => {}),
      },
      clock,
      signal: living.over,
      onFailedAttempt: () => {},
    });
  } catch (error) {
    if (!living.over.aborted) say(`${target.service}: ${reasonOf(error)}`);
    return false;
  }
  service.wasReady(generationOf(life.leader));
  return true;
}

async function matchLog(
  { places, record }: { places: ProcessPlaces; record: ProcessRecord },
  { pattern, times, signal }: { pattern: RegExp; times: number; signal: AbortSignal },
): Promise<void> {
  const { service } = record.target;
  const fromOffset = record.life?.logOffset ?? 0;
  let matches = 0;
  for await (const { text } of readLog(places.log(service), {
    service,
    follow: true,
    fromOffset,
    signal,
  })) {
    if (pattern.test(text) && ++matches >= times) return;
  }
  signal.throwIfAborted();
}
