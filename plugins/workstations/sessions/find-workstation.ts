import type { Workstation, WorkstationScope } from '../contract.ts';
import { workstationErrors } from '../errors.ts';
import type { Asking } from './ask-provider.ts';
import { describePlace } from './describe-creation.ts';

export interface FindRequest {
  ask: Asking;
  scope: WorkstationScope;
  name: string;
  signal: AbortSignal;
}

/** The workstation of that very name. Throws DS_WORKSTATION_UNKNOWN with what it may have meant. */
export async function findWorkstation({
  ask,
  scope,
  name,
  signal,
}: FindRequest): Promise<Workstation> {
  const found = await ask(signal, (provider, until) => provider.find(name, until));
  if (found) return found;
  const all = await ask(signal, (provider, until) => provider.list(until));
  const known = all.map((one) => one.name);
  const facts = { name, where: describePlace(scope), known };
  throw workstationErrors.create('DS_WORKSTATION_UNKNOWN', facts);
}
