import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventBody, TaskFinished } from '../../../../core/events.ts';
import { timelineHandlers } from '../../../../plugins/control-api/routes/timeline.ts';
import { timelineSpecs, type TimelineRun } from '../../../../plugins/control-api/specs/timeline.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { asked } from '../routes/open-handlers.ts';

const beganAt = Date.parse('2026-11-23T08:00:00.000Z');

/** ISO time so many milliseconds after the first event. */
export const timeAt = (atMs: number): string => new Date(beganAt + atMs).toISOString();

/** A line of a journal: what happened, when, by which host. */
export const line = (body: EventBody, atMs: number, run?: string): string =>
  `${JSON.stringify({ ...body, at: timeAt(atMs), project: 'shop', ...(run !== undefined && { run }) })}\n`;

export const started = (task: string, pid = 100): EventBody => ({
  event: 'task-started',
  task,
  pid,
  version: '1.0.0',
});

export const finished = (task: string, more: Partial<TaskFinished> = {}): EventBody => ({
  ok: true,
  exitCode: 0,
  elapsedMs: 10,
  errors: [],
  services: {},
  ...more,
  event: `${task}-finished`,
});

/** A checkout's folder with a journal of that text. */
export function writeJournal(text: string | Buffer): string {
  const folder = createTempFolder();
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'events.ndjson'), text);
  return folder;
}

/** What the route answers, checked by its own schema. */
export async function timelineOf(
  checkoutFolder: string,
  {
    limit = 20,
    reach,
  }: { limit?: number; reach?: { windowBytes: number; reachBytes: number } } = {},
): Promise<{ runs: TimelineRun[]; isCut: boolean }> {
  const { signal } = new AbortController();
  const handlers = timelineHandlers({ checkoutFolder, signal }, reach);
  const answer = await handlers['GET /timeline'](asked({ query: { limit } }));
  return timelineSpecs[0].answer.schema.strict().parse(answer);
}
