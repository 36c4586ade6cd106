import type { DevServicesEvent } from '../events.ts';
import type { TextStyle } from '../task-spec.ts';
import { colouredLine, plainLine } from './text-width.ts';

type Message = Extract<DevServicesEvent, { event: 'message' }>;
type LogEvent = Extract<DevServicesEvent, { event: 'log' }>;

/** A line of the tool or of a plugin, as people or machines read it. */
export function messageLine(
  message: Message,
  { style, format }: { style: TextStyle; format: 'human' | 'json' },
): string {
  const { level, text, plugin, at } = message;
  if (format === 'json') {
    return JSON.stringify({ at, level, ...(plugin === undefined ? {} : { plugin }), text });
  }
  const who = plugin === undefined ? '' : `${plugin}: `;
  const lines = `${who}${text}`.split('\n').map(plainLine).join('\n  ');
  switch (level) {
    case 'error':
      return `${style.red('✘')} ${lines}`;
    case 'warn':
      return `${style.yellow('!')} ${lines}`;
    case 'info':
      return lines;
    case 'debug':
      return style.dim(lines);
  }
}

/** A line of a service's log, behind the service's name. */
export function logLine({ service, text }: LogEvent, style: TextStyle): string {
  const isColoured = style.bold('x') !== 'x';
  const bar = isColoured ? colourOf(service, style)(`${service} |`) : `${service} |`;
  return `${bar} ${isColoured ? colouredLine(text) : text}`;
}

// Always the same colour for the same service.
function colourOf(service: string, style: TextStyle): (text: string) => string {
  const colours = [style.cyan, style.green, style.yellow, style.bold];
  const sum = Buffer.from(service).reduce((total, byte) => total + byte, 0);
  return colours[sum % colours.length] ?? style.bold;
}
