import { taskErrors } from '../errors/catalogue/task.ts';
import { type Edges, findCycle } from '../graph.ts';

/** What running tasks needs to know and to do; `T` is a task that was found. */
export interface TaskEngine<T> {
  /** Throws DS_TASK_UNKNOWN. */
  find(name: string, neededBy?: string): Promise<T>;
  needsOf(task: T): readonly string[];
  /** Runs the task alone; `run` is for calling others from inside it. */
  execute(call: TaskCall<T>): Promise<unknown>;
  /** Says that a task was not run, because of those. */
  onStopped?(task: string, because: readonly string[]): void;
}

export interface TaskCall<T> {
  task: T;
  args: Readonly<Record<string, unknown>>;
  /** 0 for the task that was asked for. */
  depth: number;
  isNeed: boolean;
  run(name: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
}

/** One running task, and which others it waits for just now. */
interface Frame {
  readonly name: string;
  readonly caller: Frame | undefined;
  readonly waitsFor: Set<Frame>;
}

interface Need {
  readonly frame: Frame;
  readonly result: Promise<unknown>;
}

/**
 * Runs a task after all that it needs: needs in parallel and each once, also when several share it.
 * A ring is named before anything runs (DS_TASK_CYCLE), or when a call would close it. A failing need
 * stops what needs it and nothing else; all failures come together, as an AggregateError if several.
 */
export async function runTasks<T>(
  engine: TaskEngine<T>,
  name: string,
  args: Readonly<Record<string, unknown>>,
): Promise<unknown> {
  const needs = new Map<string, Need>();

  const call = async (
    called: string,
    given: Readonly<Record<string, unknown>>,
    caller?: Frame,
  ): Promise<unknown> => {
    assertNotCaller(called, caller);
    await assertNoRing(engine, called);
    const frame: Frame = { name: called, caller, waitsFor: new Set() };
    return waitFor(caller, frame, () => runFrame(frame, given, false));
  };

  const need = (needed: string, asker: Frame): Promise<unknown> => {
    const known = needs.get(needed) ?? startNeed(needed);
    return waitFor(asker, known.frame, () => known.result);
  };

  const startNeed = (needed: string): Need => {
    const frame: Frame = { name: needed, caller: undefined, waitsFor: new Set() };
    const started = { frame, result: runFrame(frame, {}, true) };
    // Whoever needs it waits for it; until then its failure is nobody's unhandled rejection.
    started.result.catch(() => {});
    needs.set(needed, started);
    return started;
  };

  const runFrame = async (
    frame: Frame,
    given: Readonly<Record<string, unknown>>,
    isNeed: boolean,
  ): Promise<unknown> => {
    const task = await engine.find(frame.name);
    const names = [...new Set(engine.needsOf(task))];
    const ends = await Promise.allSettled(names.map((needed) => need(needed, frame)));
    const failed = names.filter((_, index) => ends[index]?.status === 'rejected');
    if (failed.length > 0) {
      engine.onStopped?.(frame.name, failed);
      const reasons = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      throw reasons.length === 1 ? reasons[0] : new AggregateError(reasons);
    }
    return engine.execute({
      task,
      args: given,
      depth: depthOf(frame),
      isNeed,
      run: (called, calledWith = {}) => call(called, calledWith, frame),
    });
  };

  return call(name, args);
}

async function assertNoRing<T>(engine: TaskEngine<T>, name: string): Promise<void> {
  const edges: Record<string, readonly string[]> = {};
  const visit = async (current: string, neededBy?: string): Promise<void> => {
    if (Object.hasOwn(edges, current)) return;
    const needed = engine.needsOf(await engine.find(current, neededBy));
    edges[current] = needed;
    for (const next of needed) await visit(next, current);
  };
  await visit(name);
  const ring = findCycle(edges satisfies Edges);
  if (ring) throw taskErrors.create('DS_TASK_CYCLE', { ring });
}

function assertNotCaller(called: string, caller: Frame | undefined): void {
  const chain: string[] = [];
  for (let frame = caller; frame; frame = frame.caller) {
    chain.unshift(frame.name);
    if (frame.name === called) {
      throw taskErrors.create('DS_TASK_CYCLE', { ring: [...chain, called] });
    }
  }
}

// Calls and shared needs can wait for one another without any name standing twice in one chain.
async function waitFor(
  asker: Frame | undefined,
  awaited: Frame,
  result: () => Promise<unknown>,
): Promise<unknown> {
  if (asker === undefined) return result();
  const path = pathBetween(awaited, asker);
  if (path) throw taskErrors.create('DS_TASK_CYCLE', { ring: [asker.name, ...path] });
  asker.waitsFor.add(awaited);
  try {
    return await result();
  } finally {
    asker.waitsFor.delete(awaited);
  }
}

function pathBetween(from: Frame, to: Frame, seen = new Set<Frame>()): string[] | undefined {
  if (from === to) return [to.name];
  if (seen.has(from)) return undefined;
  seen.add(from);
  for (const next of from.waitsFor) {
    const path = pathBetween(next, to, seen);
    if (path) return [from.name, ...path];
  }
  return undefined;
}

function depthOf(frame: Frame): number {
  return frame.caller === undefined ? 0 : depthOf(frame.caller) + 1;
}
