import http from 'node:http';
import { createEventParser } from '../../plugins/control-api/client/event-parser.ts';

/** What came of the readers of one process. */
export interface ReadersReport {
  /** How many events each of those that kept up has got; each once and in order, or it is -1. */
  received: number[];
  /** Slow ones that were told that they were dropped. */
  dropped: number;
  /** Of a sample, from an event's time to its arrival. */
  latenciesMs: number[];
}

interface Order {
  url: string;
  token: string;
  quick: number;
  slow: number;
}

process.once('message', (order: Order) => void run(order));

async function run({ url, token, quick, slow }: Order): Promise<void> {
  const open = (): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'last-event-id': '-1' };
      const agent = new http.Agent();
      http.get(`${url}/api/0/events`, { headers, agent }, resolve).on('error', reject);
    });
  const answers = await Promise.all(Array.from({ length: quick + slow }, open));
  const latenciesMs: number[] = [];
  const reading = answers.slice(0, quick).map((answer) => readToLast(answer, latenciesMs));
  // The others take nothing until it is over.
  process.send?.('ready');
  const received = await Promise.all(reading);
  const told = await Promise.all(answers.slice(quick).map((answer) => isDropped(answer)));
  const dropped = told.filter(Boolean).length;
  process.send?.({ received, dropped, latenciesMs } satisfies ReadersReport, () => process.exit());
}

async function readToLast(answer: http.IncomingMessage, latenciesMs: number[]): Promise<number> {
  const parser = createEventParser();
  let lastId = -1;
  let count = 0;
  for await (const chunk of answer.setEncoding('utf8')) {
    const now = Date.now();
    for (const { id, event, data = '' } of parser.push(String(chunk))) {
      if (event !== undefined || Number(id) <= lastId) return -1;
      lastId = Number(id);
      count += 1;
      if (count % 97 === 0)
        latenciesMs.push(now - Date.parse(/"at":"([^"]+)"/.exec(data)?.[1] ?? ''));
      if (data.includes('"text":"last"')) return count;
    }
  }
  return -1;
}

async function isDropped(answer: http.IncomingMessage): Promise<boolean> {
  const parser = createEventParser();
  for await (const chunk of answer.setEncoding('utf8')) {
    for (const { event, data = '' } of parser.push(String(chunk))) {
      if (event === 'dropped') return true;
      if (data.includes('"text":"last"')) return false;
    }
  }
  return false;
}
