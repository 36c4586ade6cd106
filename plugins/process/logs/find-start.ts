import type { LogMark } from './log-index.ts';
import type { OpenLog } from './open-log.ts';
import type { LogView } from './log-view.ts';

const blockBytes = 64 * 1024;
const newline = 0x0a;

export interface StartRequest {
  follow: boolean;
  tail?: number;
  sinceMs?: number;
  fromOffset?: number;
}

/** Where to begin in a log so that what was asked for is read and no more: the logical offset. */
export function findStart(log: OpenLog, view: LogView, request: StartRequest): number {
  const { follow, tail, sinceMs, fromOffset = 0 } = request;
  const starts = [view.start, fromOffset];
  // A line that did not end yet is new when it does.
  const atEnd = () => (follow ? findTail(log, view, 1, false) : view.end);
  if (tail !== undefined) starts.push(tail === 0 ? atEnd() : findTail(log, view, tail, true));
  if (sinceMs !== undefined) starts.push(findSince(log, view, sinceMs) ?? atEnd());
  return Math.max(...starts);
}

/** Where the last `count` lines begin, read from the end. `isWhole`: a newline at the very end ends the last. */
function findTail(log: OpenLog, view: LogView, count: number, isWhole: boolean): number {
  let left = count;
  let end = view.end;
  if (isWhole && newlineAt(log, view, end - 1)) end -= 1;
  while (end > view.start) {
    const start = Math.max(view.start, end - blockBytes);
    const bytes = readAll(log, start, end);
    if (!bytes) return end;
    for (let at = bytes.lastIndexOf(newline); at >= 0; at = before(bytes, at)) {
      left -= 1;
      if (left === 0) return start + at + 1;
    }
    end = start;
  }
  return view.start;
}

const before = (bytes: Buffer, at: number): number =>
  at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1);

/** Where the first line begins that was seen at that time or later; undefined where none did yet. */
function findSince(log: OpenLog, view: LogView, sinceMs: number): number | undefined {
  const { marks } = view;
  const first = marks.findIndex(({ at }) => at >= sinceMs);
  const earlier: LogMark | undefined = marks[(first < 0 ? marks.length : first) - 1];
  const offset = earlier?.offset ?? view.start;
  if (offset <= view.start) return view.start;
  // The line that was being written then began before.
  for (let at = offset - 1; at < view.end;) {
    const block = log.read(at, view.end);
    const found = block.bytes.indexOf(newline);
    if (found >= 0) return block.offset + found + 1;
    if (block.bytes.length === 0) break;
    at = block.offset + block.bytes.length;
  }
  return undefined;
}

const newlineAt = (log: OpenLog, view: LogView, at: number): boolean =>
  at >= view.start && log.read(at, at + 1).bytes[0] === newline;

/** Undefined where some of it is not kept any more. */
function readAll(log: OpenLog, start: number, end: number): Buffer | undefined {
  const blocks: Buffer[] = [];
  for (let at = start; at < end;) {
    const { offset, bytes } = log.read(at, end);
    if (offset !== at || bytes.length === 0) return undefined;
    blocks.push(bytes);
    at += bytes.length;
  }
  return Buffer.concat(blocks);
}
