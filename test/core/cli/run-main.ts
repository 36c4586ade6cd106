import { EventEmitter } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { main } from '../../../core/cli/main.ts';
import type { DevServicesEvent } from '../../../core/events.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import type { FakeRunner } from '../../../core/testing/fake-runner.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTempFolder } from '../../rig/state/temp-folder.ts';

const library = resolve(import.meta.dirname, '../../..');

export interface MainRun {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** What `--json` printed, a value a line. */
  json(): (DevServicesEvent & Record<string, unknown>)[];
}

export interface Repo {
  readonly root: string;
  readonly runner: FakeRunner;
  /** Stands for `process`: emit SIGINT and the like on it. */
  readonly process: EventEmitter;
  /** Statuses of ends at once. */
  readonly exits: number[];
  /** Runs when the process would have ended at once. */
  onExit?: () => void;
  write(files: Readonly<Record<string, string>>): void;
  run(...argv: string[]): Promise<MainRun>;
  /** The same, with a word about each chunk of output as it comes. */
  watch(argv: readonly string[], onOutput: (all: string) => void): Promise<MainRun>;
  /** The same, with that on stdin. */
  pipe(input: string | Uint8Array, ...argv: string[]): Promise<MainRun>;
  /** The same, with nobody who reads stdout. */
  runUnread(...argv: string[]): Promise<MainRun>;
}

/** A repo in a folder of its own, on which the command line runs in this process, with a fake runner. */
export function createRepo(files: Readonly<Record<string, string>>): Repo {
  const root = createTempFolder();
  const runner = createFakeRunner();
  const processEvents = new EventEmitter();
  const exits: number[] = [];
  const fakeContainers = definePlugin({
    name: 'docker',
    setup: (ctx) => ctx.runner('container', () => runner),
  });
  const write = (added: Readonly<Record<string, string>>): void => {
    for (const [name, text] of Object.entries(added)) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), text);
    }
  };
  write({ '.git/HEAD': '', 'package.json': '{"type":"module"}', ...files });
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(library, join(root, 'node_modules/devservices'));
  const env = {
    HOME: root,
    PATH: process.env['PATH'],
    XDG_STATE_HOME: join(root, '.state'),
    XDG_CACHE_HOME: join(root, '.cache'),
  };
  const start = async (
    argv: readonly string[],
    {
      onOutput,
      isRead,
      input,
    }: { onOutput(all: string): void; isRead: boolean; input?: string | Uint8Array },
  ): Promise<MainRun> => {
    const out = isRead ? createStream(onOutput) : createClosedPipe();
    const err = createStream(onOutput);
    const exitCode = await main({
      argv,
      env,
      cwd: root,
      ...(input === undefined ? {} : { stdin: readable(input) }),
      stdout: out.stream,
      stderr: err.stream,
      process: processEvents,
      exit(code) {
        exits.push(code);
        repo.onExit?.();
      },
      host: { builtInPlugins: [fakeContainers] },
    });
    const stdout = out.text();
    return {
      exitCode,
      stdout,
      stderr: err.text(),
      json() {
        return stdout
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as ReturnType<MainRun['json']>[number]);
      },
    };
  };
  const repo: Repo = {
    root,
    runner,
    process: processEvents,
    exits,
    write,
    watch: (argv, onOutput) => start(argv, { onOutput, isRead: true }),
    run: (...argv) => start(argv, { onOutput: () => {}, isRead: true }),
    pipe: (input, ...argv) => start(argv, { onOutput: () => {}, isRead: true, input }),
    runUnread: (...argv) => start(argv, { onOutput: () => {}, isRead: false }),
  };
  return repo;
}

/** The source of a configuration with these services and tasks. */
export function configOf(content: Readonly<Record<string, unknown>>): string {
  return `export default ${JSON.stringify(content)};`;
}

/** The source of a task whose `run` has that body. */
export function taskOf(name: string, body: string, more = ''): string {
  return `import { defineTask } from 'devservices';
    export default defineTask(import.meta, {
      name: '${name}', description: 'A task of this test', ${more}
      async run(context) { const { host, args, $, foreground, log, signal, run } = context; ${body} },
    });`;
}

function readable(input: string | Uint8Array): NodeJS.ReadStream {
  return Readable.from([Buffer.from(input)]) as unknown as NodeJS.ReadStream;
}

/** A pipe whose reader has gone: as Node has it, each write fails a moment later. */
function createClosedPipe() {
  const { stream, text } = createStream(() => {});
  const write = () => {
    setImmediate(() => stream.emit('error', Object.assign(new Error('gone'), { code: 'EPIPE' })));
    return false;
  };
  return { stream: Object.assign(stream, { write }), text };
}

function createStream(onOutput: (all: string) => void) {
  let text = '';
  const stream = Object.assign(new EventEmitter(), {
    isTTY: false,
    columns: 80,
    rows: 24,
    write(chunk: string) {
      text += chunk;
      onOutput(text);
      return true;
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => text };
}
