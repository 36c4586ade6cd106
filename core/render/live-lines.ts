import { formatDuration } from '../duration.ts';
import type { StateName } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { markOf } from './marks.ts';
import { pullBars } from './pull-lines.ts';
import type { RunView, ServiceView } from './run-view.ts';
import { pad, plainLine, truncate, widthOf } from './text-width.ts';

export interface Frame {
  /** Milliseconds since the epoch; undefined for a last frame, in which nothing moves. */
  readonly nowMs: number | undefined;
  readonly style: TextStyle;
  /** Lines that fit on the screen. */
  readonly rows: number;
}

const words: Readonly<Record<StateName, string>> = {
  pending: 'waiting',
  pulling: 'pulling',
  starting: 'starting',
  running: 'getting ready',
  ready: 'ready',
  unhealthy: 'unhealthy',
  failed: 'failed',
  completed: 'completed',
  skipped: 'skipped',
  stopped: 'stopped',
};

/** One line a service, then one a pull: what a terminal shows while a task runs. */
export function liveLines(view: RunView, frame: Frame): string[] {
  const services = [...view.services.values()];
  const nameWidth = Math.max(0, ...services.map(({ name }) => widthOf(name)));
  // What is made anew is fetched before there is a plan.
  const hasPulls =
    frame.nowMs !== undefined &&
    (!view.hasPlan || services.some(({ state }) => state === 'pulling'));
  const pulls = hasPulls ? pullBars(view.images.values(), frame.style) : [];
  const lines = [
    ...fit(services, frame.rows - pulls.length).map((service) =>
      typeof service === 'string'
        ? frame.style.dim(`  ${service}`)
        : serviceLine(service, nameWidth, frame),
    ),
    ...pulls,
  ];
  // A line as wide as the terminal would wrap in some.
  return lines.slice(0, frame.rows).map((line) => truncate(line, frame.style.columns - 1));
}

function serviceLine(service: ServiceView, nameWidth: number, frame: Frame): string {
  const { style, nowMs } = frame;
  const isDone = ['ready', 'failed', 'completed', 'skipped', 'stopped'].includes(service.state);
  const isStill = isDone || service.state === 'pending' || nowMs === undefined;
  const mark = isStill ? markOf(service.state, style) : spinner(frame);
  const elapsedMs =
    isDone || nowMs === undefined ? service.elapsedMs : nowMs - (service.sinceMs ?? nowMs);
  const time = service.state === 'pending' ? '' : formatDuration(Math.max(0, elapsedMs));
  const detail = isDone && service.state !== 'skipped' ? '' : detailOf(service);
  const state = pad(words[service.state], 13);
  return `${mark} ${pad(service.name, nameWidth)}  ${state}  ${pad(time, 8)} ${style.dim(detail)}`.trimEnd();
}

function detailOf({ state, lastProbe, reason, action }: ServiceView): string {
  if (state === 'running' || state === 'unhealthy') return plainLine(lastProbe ?? '');
  if (state === 'skipped' || action === 'recreate') return plainLine(reason?.text ?? '');
  return '';
}

// Services that move are worth more lines than those that are done or wait.
function fit(services: readonly ServiceView[], rows: number): (ServiceView | string)[] {
  if (services.length <= rows) return [...services];
  const weight = ({ state }: ServiceView) =>
    state === 'failed'
      ? 0
      : ['pulling', 'starting', 'running', 'unhealthy'].includes(state)
        ? 1
        : 2;
  const kept = new Set(
    services.toSorted((a, b) => weight(a) - weight(b)).slice(0, Math.max(0, rows - 1)),
  );
  const left = services.filter((service) => !kept.has(service));
  const counts = [...new Set(left.map(({ state }) => state))].map(
    (state) => `${left.filter((service) => service.state === state).length} ${words[state]}`,
  );
  return [...services.filter((service) => kept.has(service)), `… ${counts.join(', ')}`];
}

function spinner({ nowMs = 0, style }: Frame): string {
  const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
  return style.cyan(frames[Math.floor(nowMs / 100) % frames.length] ?? '⠋');
}
