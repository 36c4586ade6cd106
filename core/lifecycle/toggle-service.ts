import { reasonOf } from '../errors/as-error.ts';
import { serviceErrors } from '../errors/catalogue/service.ts';
import { runsOf } from '../plan/choose-runs.ts';
import type { Run } from '../run/run.ts';
import type { Kernel } from './kernel.ts';
import { findAvailability, runsOfService } from './list-runs.ts';
import { planUp } from './plan-up.ts';
import { plainReport } from './report-services.ts';
import { selectToggled, type Standing, whatStands } from './select-toggled.ts';
import type { TaskOutcome, UpOptions, UpTaps } from './up.ts';

export interface ToggleRequest extends Pick<UpOptions, 'waitTimeoutMs'> {
  service: string;
  /** Of the service's `run`. */
  key: string;
}

type Toggling = ToggleRequest & Pick<UpTaps, 'onUp' | 'unlock'>;

/** What it ran by, or would have, until now. */
type Before = string | undefined;

/**
 * Pins a service to another of its runs, and moves it there where it runs: the old instance goes, the
 * new one comes, and running dependants whose resolved run that changes are made anew. Data of either
 * stays. Throws DS_SERVICE_UNKNOWN, DS_RUN_UNKNOWN, DS_RUN_SOLE and DS_RUN_UNAVAILABLE before anything
 * is touched. Where the new one does not become ready, the pin stays as it was.
 */
export async function toggleService(kernel: Kernel, toggling: Toggling): Promise<TaskOutcome> {
  const { service, key } = toggling;
  const { state, log } = kernel;
  const run = findRun(kernel, toggling);
  const standing = await whatStands(kernel, service);
  const others = standing.keys.filter((one) => one !== key);
  if (state.pins[service] === key && others.length === 0) {
    const isThere = standing.keys.length > 0;
    log.info(`${service} runs by "${key}" in this checkout already.`);
    return isThere
      ? rowOf(toggling, 'running', 'running and unchanged')
      : rowOf(toggling, 'stopped', 'nothing of it runs');
  }
  const found = await findAvailability(kernel, { service, run, awakens: true });
  if (!found.available) {
    const facts = { service, run: key, reason: found.error.message, others: [], isAsked: true };
    throw serviceErrors.create('DS_RUN_UNAVAILABLE', facts, found.error);
  }
  const before = others[0] ?? state.pins[service];
  if (standing.keys.length > 0) return move(kernel, toggling, { standing, before });
  state.pin(service, key);
  log.info(`${service} runs by "${key}" in this checkout from the next \`devservices up\` on.`);
  await tellWayBack(kernel, toggling, before);
  return rowOf(toggling, 'stopped', `pinned to "${key}"; nothing of it runs`);
}

function findRun(kernel: Kernel, { service, key }: Toggling): Run {
  const runs = runsOfService(kernel, service);
  const known = Object.keys(runs);
  const [only] = known;
  if (known.length === 1 && only !== undefined) {
    throw serviceErrors.create('DS_RUN_SOLE', { service, run: only });
  }
  if (known.includes(key)) return runs[key] as Run;
  throw serviceErrors.create('DS_RUN_UNKNOWN', { service, run: key, known });
}

async function move(
  kernel: Kernel,
  toggling: Toggling,
  { standing, before }: { standing: Standing; before: Before },
): Promise<TaskOutcome> {
  const { service, key, waitTimeoutMs } = toggling;
  const { config, state, log } = kernel;
  if (!config) return { services: {}, errors: [] };
  // What runs without a pin is what a failure goes back to.
  const pinned = state.pins[service] ?? before ?? key;
  if (state.pins[service] === undefined) state.pin(service, pinned);
  let isBegun = false;
  let isReady = false;
  const options = {
    ...(await selectToggled(config.services, service, standing)),
    runs: { [service]: key },
    pull: 'missing' as const,
    removeOrphans: false,
    isPatient: true,
    waitTimeoutMs,
    onReady(name: string) {
      if (name !== service) return;
      // Dependants get its addresses from here on: a Ctrl-C must not leave them with another's.
      isReady = true;
      state.pin(service, key);
    },
  };
  try {
    const up = await planUp({ ...kernel, config }, options, toggling.unlock);
    toggling.onUp(up);
    await up.beforeUp();
    isBegun = true;
    await up.start();
    await up.health();
    await up.afterHealth();
    return up.outcome();
  } finally {
    if (isReady) {
      log.info(`${service} runs by "${key}" in this checkout from now on.`);
      await tellWayBack(kernel, toggling, before);
    } else if (isBegun) {
      log.warn(
        `${service} stays pinned to "${pinned}": \`devservices up\` brings that back, ` +
          `\`devservices toggle ${service} ${key}\` tries again.`,
      );
    }
  }
}

/** Says where the data of the run before is, and how it is had again. */
async function tellWayBack(
  { config, project, log, runner }: Kernel,
  { service, key }: Toggling,
  before: Before,
): Promise<void> {
  const run = runsOf(config?.services[service])[before ?? key];
  if (before === undefined || before === key || !run) return;
  const wayBack = `\`devservices toggle ${service} ${before}\` goes back to it.`;
  try {
    const found = await (await runner(run.kind, service)).listData(project, [service]);
    const own = found.filter(({ runKey }) => runKey === undefined || runKey === before);
    const names = own.map(({ name }) => name).join(', ');
    const left = names === '' ? '' : `The data of "${before}" is left where it is: ${names}. `;
    log.info(`${left}${wayBack}`);
  } catch (thrown) {
    log.info(`The data of "${before}" is left where it is (${reasonOf(thrown)}). ${wayBack}`);
  }
}

function rowOf(
  { service, key }: Toggling,
  state: 'running' | 'stopped',
  text: string,
): TaskOutcome {
  const report = plainReport(state, 'unchanged', { code: 'pinned', text });
  return { services: { [service]: { ...report, runner: key } }, errors: [] };
}
