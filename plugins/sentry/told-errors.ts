import type { DevServicesEvent } from 'devservices';

type ReportedError = Extract<DevServicesEvent, { event: 'hook-failed' }>['error'];

/** An error that Sentry hears of; of its words nothing is here, as they may be anybody's. */
export interface ToldError {
  code: string;
  blame: 'plugin' | 'bug';
  atMs: number;
  frames: readonly string[];
  plugin?: string | undefined;
  hook?: string | undefined;
  service?: string | undefined;
}

/** The errors of a run that are a plugin's or ours, each once. Those of user and machine are theirs. Pure. */
export function toldErrors(events: readonly DevServicesEvent[]): ToldError[] {
  const told = new Map<string, ToldError>();
  const tell = (error: ReportedError | undefined, more: Partial<ToldError> & { at: string }) => {
    if (error === undefined || (error.blame !== 'plugin' && error.blame !== 'bug')) return;
    const { at, ...rest } = more;
    // The same one is told by its hook, at the end, and of the service that it failed.
    const key = `${error.code}\0${error.message}`;
    const { code, blame, frames = [], plugin } = error;
    const before = told.get(key) ?? { code, blame, frames, plugin, atMs: Date.parse(at) };
    told.set(key, { ...before, ...rest });
  };
  for (const event of events) {
    if (event.event === 'hook-failed') {
      const { plugin, hook, at, error } = event;
      const service = /^serviceReady\((.+)\)$/.exec(hook)?.[1];
      tell(error, { at, plugin, hook, ...(service === undefined ? {} : { service }) });
    } else if ('exitCode' in event && 'errors' in event) {
      for (const error of event.errors) tell(error, { at: event.at });
      for (const [service, { error }] of Object.entries(event.services)) {
        tell(error, { at: event.at, service });
      }
    }
  }
  return [...told.values()];
}
