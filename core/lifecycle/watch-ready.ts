import { serviceErrors } from '../errors/catalogue/service.ts';
import type { DevServicesError } from '../errors/error.ts';
import type { InstanceWatch } from '../run/instance-watch.ts';
import type { Instance } from '../run/runner.ts';
import type { TrackedService } from '../service/track-service.ts';
import { createExitError } from './exit-error.ts';

/** Ready once is not ready for ever: who dies while others are still awaited has failed. */
export function watchReady(
  watch: InstanceWatch,
  instance: Instance,
  { tracked, onEnd }: { tracked: TrackedService; onEnd(error: DevServicesError): void },
): void {
  const { service } = instance;
  let exits = 0;
  watch.on(instance, (event) => {
    if (event.type !== 'exited') return;
    exits += 1;
    const { exitCode, willRestart } = event;
    if (willRestart || tracked.current.state !== 'ready') return;
    const error = event.isRemoval
      ? serviceErrors.create('DS_SERVICE_REMOVED', { service })
      : createExitError({ exitCode, exits, willRestart }, { service });
    onEnd(error);
    tracked.enter({
      state: 'failed',
      ...(exitCode === undefined ? {} : { exitCode }),
      reason: { code: error.code, text: error.message },
    });
  });
}
