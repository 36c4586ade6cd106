import { tmpdir } from 'node:os';
import type { PortBinding, ResolvedRun } from '../../../../core/run/runner.ts';
import type {
  ProcessLife,
  ProcessRecord,
} from '../../../../plugins/process/record/process-record.ts';
import type { ResolvedProcess } from '../../../../plugins/process/record/resolved-process.ts';

/** A record of the service `api` in the project `shop`, with what a test cares about. */
export function sampleRecord({
  run,
  ports = [],
  life,
  ...rest
}: {
  run?: Partial<ResolvedProcess>;
  ports?: readonly PortBinding[];
  life?: Partial<ProcessLife>;
} & Partial<Omit<ProcessRecord, 'target' | 'life'>> = {}): ProcessRecord {
  const resolved: ResolvedProcess = {
    kind: 'process',
    command: ['true'],
    cwd: tmpdir(),
    environment: {},
    restart: 'no',
    maxRestarts: 5,
    backoff: { initial: 200, factor: 2, max: 10_000, resetAfter: 10_000 },
    stopSignal: 'SIGTERM',
    stopGracePeriod: 10_000,
    watch: [],
    ...run,
  };
  return {
    v: 1,
    id: 'f00d',
    target: {
      project: { project: 'shop', checkout: '3f2a9c81d07b' },
      service: 'api',
      runKey: 'default',
      run: resolved as unknown as ResolvedRun,
      ports,
      spec: { v: 1, fields: {} },
    },
    callerEnvironment: { PATH: process.env['PATH'] ?? '' },
    createdAt: 1000,
    restarts: 0,
    isStopped: false,
    ...rest,
    ...(life && { life: { hasGroup: true, startedAt: Date.now(), logOffset: 0, ...life } }),
  };
}
