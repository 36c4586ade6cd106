import type { Logger } from '../log.ts';
import { plainText } from '../plain-text.ts';
import type { Refusal } from './metric-table.ts';

/** Says of each key once why it is not recorded: aloud in development, else to who debugs. */
export function createTeller(
  log: Pick<Logger, 'debug' | 'warn'> | undefined,
  isDevelopment: boolean,
): (refusal: Refusal & { key: unknown }) => void {
  const told = new Set<string>();
  return ({ key, why }) => {
    if (!log || told.size >= mostTold) return;
    const name = typeof key === 'string' ? `"${plainText(key.slice(0, 128))}"` : typeof key;
    if (told.has(name)) return;
    told.add(name);
    log[isDevelopment ? 'warn' : 'debug'](`The metric ${name} is not recorded: ${plainText(why)}.`);
  };
}

// Keys may be illegal in ever new ways.
const mostTold = 50;
