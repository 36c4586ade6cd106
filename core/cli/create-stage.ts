import { type DevServicesEvent, isTaskFinished } from '../events.ts';
import type { Host } from '../host.ts';
import type { Output, Renderer, RenderOptions, TaskEnd } from '../render/renderer.ts';
import { wantsColour } from '../render/text-style.ts';
import type { GlobalFlags } from './parse-globals.ts';
import { selectRenderer } from './select-renderer.ts';
import type { ProcessEvents } from './watch-process.ts';

export interface StageRequest {
  out: Output;
  err: Output;
  env: Readonly<Record<string, string | undefined>>;
  line: { readonly globals: GlobalFlags };
  process: ProcessEvents;
  /** Sets who learns that nobody reads stdout any more. */
  onOutputGone(listener: () => void): void;
}

export interface StageKind {
  /** stdout has the answer and nothing else. */
  readonly isQuery: boolean;
  /** stdout is a command's: what we say goes to stderr. */
  readonly passesStatus: boolean;
}

export interface StageEnd extends Omit<TaskEnd, 'finished'> {
  /** The end is that of the command whose status is passed on. */
  readonly isCommands?: boolean;
}

export interface Stage {
  /** From now on events are shown; those before are made up for. Again: only another kind is news. */
  open(kind: StageKind): void;
  /** Sets who learns that lines come which nobody reads. */
  onUnread(listener: () => void): void;
  yieldTerminal(): void;
  /** Tells the end, as an event and on the screen; what a command came to, it has said itself. */
  finish(end: StageEnd, body: TaskEnd['finished']): void;
  close(): void;
}

/** What is shown of one run; which renderer it takes is known once the task was found. */
export function createStage(host: Host, request: StageRequest): Stage {
  const { out, err, env, line } = request;
  const { noColor, verbose } = line.globals;
  const early: DevServicesEvent[] = [];
  let renderer: Renderer | undefined;
  let finished: TaskEnd['finished'] | undefined;
  let hasReader = true;
  let onUnread = (): void => {};
  request.onOutputGone(() => (hasReader = false));
  if (verbose) host.setLogLevel('debug');
  // A task may end the process itself, and the terminal has to be as it was then too.
  const onExit = () => renderer?.close();
  request.process.on('exit', onExit);

  let openedAs: StageKind | undefined;
  const open = (kind: StageKind): Renderer => {
    const { isQuery, passesStatus } = kind;
    const isAsBefore = openedAs?.isQuery === isQuery && openedAs.passesStatus === passesStatus;
    if (renderer && isAsBefore) return renderer;
    renderer?.close();
    openedAs = kind;
    const shownOn = passesStatus ? err : out;
    const isColoured = (output: Output) =>
      wantsColour({ noColor, isTerminal: output.isTerminal, env });
    const options: RenderOptions = {
      out: shownOn,
      err,
      clock: host.clock,
      isColoured: { out: isColoured(shownOn), err: isColoured(err) },
      isVerbose: verbose,
      isQuery,
      isOnStderr: passesStatus,
      logFormat: () => (host.settings['log.format'] === 'json' ? 'json' : 'human'),
    };
    renderer = selectRenderer(line.globals, { ...options, isDumb: env['TERM'] === 'dumb' });
    for (const event of early.splice(0)) renderer.onEvent(event);
    return renderer;
  };

  const leave = host.events.subscribe((event) => {
    if (isTaskFinished(event)) finished = event;
    if (event.event === 'log' && !hasReader) onUnread();
    if (renderer) renderer.onEvent(event);
    else early.push(event);
  });

  return {
    open: (kind) => void open(kind),
    onUnread: (listener) => void (onUnread = listener),
    yieldTerminal: () => renderer?.yieldTerminal(),
    finish({ isCommands, ...end }: StageEnd, body: TaskEnd['finished']) {
      const shown = renderer ?? open({ isQuery: false, passesStatus: false });
      host.events.emit(body);
      // Whoever pipes into `head` knows that it ended.
      if (!hasReader && body.exitCode === 141) return;
      if (isCommands) shown.close();
      else shown.finish({ ...end, finished: finished ?? body });
    },
    close() {
      onExit();
      request.process.off('exit', onExit);
      leave();
    },
  };
}
