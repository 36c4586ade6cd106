import { isDevServicesError } from 'devservices/machine';
import type { Instance, ProjectIdentity } from 'devservices/runner';
import type { SupervisorClient } from '../client/connect-supervisor.ts';
import { processErrors } from '../errors.ts';
import type { ProcessPlaces } from '../record/process-record.ts';
import { readRecord, toInstance } from '../record/records.ts';
import type { StartRequest } from '../supervisor/protocol.ts';

export interface Starting {
  ensureSupervisor(project: ProjectIdentity, signal: AbortSignal): Promise<SupervisorClient>;
  placesOf(project: ProjectIdentity): ProcessPlaces;
}

/** One start request, and how the process stands then; it may have done its work by now. */
export async function startService(
  { ensureSupervisor, placesOf }: Starting,
  { request, signal }: { request: StartRequest; signal: AbortSignal },
): Promise<Instance> {
  const { project, service } = request.target;
  const ask = async () => (await ensureSupervisor(project, signal)).start(request, signal);
  await ask().catch((thrown: unknown) => {
    // One that was about to leave, as nothing was left to look after, cannot be asked: another is.
    if (isDevServicesError(thrown) && thrown.code === 'DS_PROCESS_SUPERVISOR_LOST') return ask();
    throw thrown;
  });
  const record = readRecord(placesOf(project), service);
  if (record?.id !== request.id) throw processErrors.create('DS_PROCESS_GONE', { service });
  // Here, an end would be that of the run before.
  const { endedAt: _, ...instance } = toInstance(record);
  return instance;
}
