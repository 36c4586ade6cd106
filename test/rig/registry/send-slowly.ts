import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

/** How an answer's body arrives. */
export type Pace =
  | { cutAfter: number }
  | { bytesPerSecond: number }
  | { stallAfter: number; until: Promise<unknown> };

/** Passes an answer's body on as the pace says. */
export function sendSlowly(answer: IncomingMessage, response: ServerResponse, pace: Pace): void {
  answer.once('error', () => response.destroy());
  const sent =
    'bytesPerSecond' in pace
      ? drip(answer, response, pace.bytesPerSecond)
      : sendUpTo(answer, response, pace);
  // Whoever asked went away.
  sent.catch(() => response.destroy());
}

const stepsPerSecond = 20;

async function drip(
  answer: IncomingMessage,
  response: ServerResponse,
  bytesPerSecond: number,
): Promise<void> {
  const step = Math.max(1, Math.round(bytesPerSecond / stepsPerSecond));
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += step) {
      if (response.destroyed) return;
      response.write(chunk.subarray(at, at + step));
      await pause(1000 / stepsPerSecond);
    }
  }
  response.end();
}

async function sendUpTo(
  answer: IncomingMessage,
  response: ServerResponse,
  pace: Exclude<Pace, { bytesPerSecond: number }>,
): Promise<void> {
  const limit = 'cutAfter' in pace ? pace.cutAfter : pace.stallAfter;
  let sent = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (response.destroyed) return;
    const rest = limit - sent;
    sent += chunk.length;
    if (rest < 0 || chunk.length <= rest) {
      response.write(chunk);
      continue;
    }
    await new Promise((resolve) => response.write(chunk.subarray(0, rest), resolve));
    if ('cutAfter' in pace) return void response.destroy();
    await pace.until;
    response.write(chunk.subarray(rest));
  }
  response.end();
}
