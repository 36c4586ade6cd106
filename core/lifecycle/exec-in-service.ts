import { serviceErrors } from '../errors/catalogue/service.ts';
import type { AttachedCommand } from '../run/attached-command.ts';
import { assertKnown } from './down.ts';
import type { Kernel } from './kernel.ts';
import { observeReachable } from './observe.ts';

export interface ExecRequest extends Omit<AttachedCommand, 'signal'> {
  service: string;
}

/**
 * Runs a command inside a service that runs, found by its labels; gives the command's exit status.
 * Throws DS_SERVICE_UNKNOWN, DS_SERVICE_NOT_RUNNING and DS_SERVICE_NO_INSIDE.
 */
export async function execInService(kernel: Kernel, request: ExecRequest): Promise<number> {
  const { service, ...command } = request;
  const { found, unseen } = await observeReachable(kernel, await kernel.runners());
  assertKnown(
    kernel,
    [service],
    found.map(({ instance }) => instance),
  );
  const own = found.filter(({ instance }) => instance.service === service);
  const running = own.find(({ instance }) => instance.status === 'running');
  if (!running) {
    const [first] = own.length === 0 ? unseen : [];
    if (first) throw first.error;
    const state = own[0]?.instance.status ?? 'not there';
    throw serviceErrors.create('DS_SERVICE_NOT_RUNNING', { service, state });
  }
  const { runner, instance } = running;
  if (!runner.execAttached) {
    throw serviceErrors.create('DS_SERVICE_NO_INSIDE', { service, kind: instance.kind });
  }
  return runner.execAttached(instance, { ...command, signal: kernel.signal });
}
