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
  const fail = (error: DevServicesError, exitCode?: number): void => {
    onEnd(error);
    tracked.enter({
      state: 'failed',
      ...(exitCode === undefined ? {} : { exitCode }),
      reason: { code: error.code, text: error.message },
    });
  };
  watch.on(instance, (event) => {
    if (event.type !== 'exited' && event.type !== 'removed') return;
    const isGone = event.type === 'removed' || event.isRemoval;
    if (event.type === 'exited') exits += 1;
    if (tracked.current.state !== 'ready') return;
    if (isGone) fail(serviceErrors.create('DS_SERVICE_REMOVED', { service }));
    else if (!event.willRestart) {
      const { exitCode, willRestart } = event;
      fail(createExitError({ exitCode, exits, willRestart }, { service }), exitCode);
    }
  });
}
