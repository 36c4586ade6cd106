import type { EventStream } from './events.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Lines for people, as events: the terminal, the journal and `--json` all read them. */
export interface Logger {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

/** A logger whose lines carry the plugin's name. */
export function createLogger(events: Pick<EventStream, 'emit'>, plugin?: string): Logger {
  const line = (level: 'debug' | 'info' | 'warn' | 'error') => (text: string) =>
    events.emit({ event: 'message', level, text, ...(plugin === undefined ? {} : { plugin }) });
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

const weight: Readonly<Record<LogLevel, number>> = {
  debug: 0,
  info: 1,
  warn: 2,
  error: 3,
  silent: 4,
};

/** Whether a line of `level` is shown where `threshold` is set. */
export function isShown(level: LogLevel, threshold: LogLevel): boolean {
  return weight[level] >= weight[threshold];
}
