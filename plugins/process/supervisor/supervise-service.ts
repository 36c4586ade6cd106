import { reasonOf } from 'devservices/machine';
import { endProcess } from '../ending/end-process.ts';
import { membersOf } from '../ending/members.ts';
import { processErrors } from '../errors.ts';
import type { ProcessRecord } from '../record/process-record.ts';
import { readRecord } from '../record/records.ts';
import { asProcess } from '../record/resolved-process.ts';
import { exitedEvent } from './exited-event.ts';
import { exitCodeOf, launchService } from './launch-service.ts';
import { type Living, watchAdopted } from './living.ts';
import { createOperationQueue } from './operation-queue.ts';
import type { StartAnswer, StartRequest } from './protocol.ts';
import { createRecordKeeper } from './record-keeper.ts';
import { resolveAdoption } from './resolve-adoption.ts';
import { decideRestart } from './restart-policy.ts';
import type { ServiceContext, SupervisedService } from './supervised-service.ts';
import { createSurroundings } from './surroundings.ts';

//            start             spawned             its end, its policy
//   idle ─────────▶ starting ─────────▶ running ─────────────────────▶ backingOff
//    ▲ ▲               │ fails            │  │ ▲                           │
//    │ └───────────────┘                  │  │ └──────── starting ◀────────┤ pause over
//    │            its end, no policy      │  │ its end, too many           │
//    ├────────────────────────────────────┘  ▼                             │
//    │                                    gaveUp ──▶ (start, restart)      │
//    └── stopping ◀── stop, restart, remove: from wherever it is ◀─────────┘
//           └─▶ paused: what it follows is restarted, and then it is ──▶ (restart)
type State =
  | { name: 'idle' | 'stopping' | 'paused' | 'gaveUp' }
  | { name: 'starting'; cancel: AbortController }
  | { name: 'running'; living: Living }
  | { name: 'backingOff'; bell: AbortController };

interface Ending {
  /** False: it is started again at once. */
  isStopped: boolean;
  isRemoval?: boolean;
}

/** Takes over one service; of what it runs already, `adopt` is to be told. */
export function superviseService(first: ProcessRecord, context: ServiceContext): SupervisedService {
  const { places, clock, say } = context;
  const { service } = first.target;
  const queue = createOperationQueue();
  const keeper = createRecordKeeper(first, context);
  const around = createSurroundings({
    ...context,
    current: () => keeper.record,
    onChange: whenFilesChanged,
  });
  let state: State = { name: 'idle' };
  let waitingRestart: Promise<StartAnswer> | undefined;

  const self: SupervisedService = {
    get record() {
      return keeper.record;
    },
    get living() {
      return state.name === 'running' ? state.living : undefined;
    },
    get isActive() {
      return state.name !== 'idle' && state.name !== 'gaveUp';
    },
    start: (request) => queue.run(() => start(request)),
    stop() {
      cancelStart();
      return queue.run(() => end({ isStopped: true }));
    },
    pause: () =>
      queue.run(async () => {
        await end({ isStopped: false });
        state = { name: 'paused' };
      }),
    restart: () => (waitingRestart ??= queue.run(restart)),
    remove() {
      cancelStart();
      return queue.run(async () => {
        await end({ isStopped: true, isRemoval: true });
        leave();
      });
    },
    wasReady: (generation) => keeper.keep({ readyGeneration: generation }),
    adopt: () => queue.run(adopt),
    leave,
  };
  return self;

  async function start({ id, target, callerEnvironment }: StartRequest): Promise<StartAnswer> {
    if (state.name === 'running' && keeper.record.id === id) return answerOf(keeper.record);
    // Of another record something may still run: never two of one service.
    await end({ isStopped: false });
    const found = readRecord(places, service);
    if (found?.id !== id) throw processErrors.create('DS_PROCESS_GONE', { service });
    around.close();
    keeper.replace({ ...found, target, callerEnvironment });
    return begin(0);
  }

  async function restart(): Promise<StartAnswer> {
    try {
      await end({ isStopped: false });
    } finally {
      // What is asked from now on wants more than the start that follows.
      waitingRestart = undefined;
    }
    return begin(0);
  }

  async function begin(restarts: number): Promise<StartAnswer> {
    const cancel = new AbortController();
    state = { name: 'starting', cancel };
    try {
      await endAll();
      context.beforeStart(service);
      const { logOffset } = await around.open();
      const { signal } = cancel;
      const launch = { places, clock, logOffset: logOffset(), restarts, signal };
      watchOver(await launchService(keeper, launch));
      context.emit({ type: 'started', service, id: keeper.record.id });
      return answerOf(keeper.record);
    } catch (error) {
      // Who asked is told: no policy goes on with what was refused.
      keeper.conclude(exitCodeOf(error), { isStopped: true });
      state = { name: 'idle' };
      throw error;
    }
  }

  function cancelStart(): void {
    if (state.name !== 'starting') return;
    state.cancel.abort(processErrors.create('DS_PROCESS_START_CANCELLED', { service }));
  }

  function watchOver(living: Living): void {
    state = { name: 'running', living };
    const onEnd = (exitCode: number | undefined): Promise<void> =>
      queue.run(async () => {
        // Whoever stopped it has seen to all that follows.
        if (state.name === 'running' && state.living === living) followPolicy(exitCode);
      });
    living.ended.then(onEnd).catch(sayWhy);
  }

  function followPolicy(exitCode: number | undefined): void {
    const { target, life, restarts } = keeper.record;
    const ranMs = life ? clock.now() - life.startedAt : 0;
    const decision = decideRestart(asProcess(target.run), { exitCode, ranMs, restarts });
    const next = {
      ...(decision.type === 'again' && { restarts: decision.restarts }),
      ...(decision.type === 'give-up' && { gaveUp: decision.text }),
    };
    keeper.conclude(exitCode, next);
    context.emit(exitedEvent(keeper.record, { willRestart: decision.type === 'again' }));
    if (decision.type === 'again') return backOff(decision);
    state = { name: decision.type === 'rest' ? 'idle' : 'gaveUp' };
    if (decision.type === 'give-up') say(`${service}: ${decision.text}`);
  }

  function backOff({ pauseMs, restarts }: { pauseMs: number; restarts: number }): void {
    const bell = new AbortController();
    state = { name: 'backingOff', bell };
    const again = async (): Promise<void> => {
      if (state.name !== 'backingOff' || state.bell !== bell) return;
      try {
        await begin(restarts);
        context.onOwnRestart(self);
      } catch (error) {
        sayWhy(error);
        keeper.keep({ isStopped: false, restarts });
        followPolicy(exitCodeOf(error));
      }
    };
    clock.sleep(pauseMs, bell.signal).then(
      () => queue.run(again).catch(sayWhy),
      () => {},
    );
  }

  function whenFilesChanged(): void {
    const restarted = self.restart();
    restarted.then(() => context.onOwnRestart(self)).catch(sayWhy);
  }

  async function end({ isStopped, isRemoval = false }: Ending): Promise<void> {
    const before = state;
    if (before.name === 'backingOff') before.bell.abort();
    state = { name: 'stopping' };
    keeper.keep({ isStopped });
    const { life } = keeper.record;
    let trouble: unknown;
    try {
      await endAll(before.name === 'running' ? before.living : undefined);
    } catch (error) {
      trouble = error;
    }
    if (trouble !== undefined && membersOf(keeper.record).length > 0) {
      state = before.name === 'backingOff' ? { name: 'idle' } : before;
      throw trouble;
    }
    if (life && life.endedAt === undefined) {
      const living = before.name === 'running' ? before.living : undefined;
      const exitCode = living?.isAdopted === false ? await living.ended : undefined;
      living?.forget();
      keeper.conclude(exitCode);
      context.emit(exitedEvent(keeper.record, { willRestart: !isStopped, isRemoval }));
    }
    state = { name: 'idle' };
    if (isStopped) around.close();
    if (trouble !== undefined) throw trouble;
  }

  async function adopt(): Promise<void> {
    const adoption = resolveAdoption(keeper.record);
    if (adoption === 'none') return;
    const { resume } = await around.open();
    // Whoever was killed while it rotated a log has left them paused.
    resume();
    const { life, restarts } = keeper.record;
    if (adoption === 'gave-up') state = { name: 'gaveUp' };
    if (adoption === 'again') backOff({ pauseMs: 0, restarts });
    if (adoption === 'watch' && life) watchOver(watchAdopted(life, clock));
    if (adoption === 'over') {
      await endAll();
      keeper.conclude(undefined);
    }
  }

  function leave(): void {
    if (state.name === 'running') state.living.forget();
    if (state.name === 'backingOff') state.bell.abort();
    state = { name: 'idle' };
    around.close();
    keeper.close();
  }

  async function endAll(living?: Living): Promise<void> {
    if (!keeper.record.life) return;
    const { signal } = new AbortController();
    const known = living?.isAdopted === false ? { ended: living.ended } : {};
    await endProcess(keeper.record, { clock, signal, ...known });
  }

  function sayWhy(error: unknown): void {
    say(`${service}: ${reasonOf(error)}`);
  }
}

function answerOf({ life }: ProcessRecord): StartAnswer {
  return { leader: life?.leader, startedAt: life?.startedAt } as StartAnswer;
}
