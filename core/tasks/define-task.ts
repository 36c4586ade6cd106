import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host.ts';
import type { AnyTaskSpec, ArgumentSpec, TaskOfCommands, TaskSpec } from '../task-spec.ts';

/** A task as its file exports it. */
export interface Task<Spec extends ArgumentSpec = ArgumentSpec, Result = unknown> extends TaskSpec<
  Host,
  Spec,
  Result
> {
  /** The file that declares it, as people read it. */
  readonly source: string;
}

/** A task of several commands, as its file exports it. */
export interface CommandTask<Specs = Readonly<Record<string, ArgumentSpec>>> extends TaskOfCommands<
  Host,
  Specs
> {
  /** The file that declares it, as people read it. */
  readonly source: string;
}

// A repo may load its own copy of this module: the brand is shared by all copies.
const brand = Symbol.for('devservices.task');
const ranItself = Symbol.for('devservices.task-ran-itself');

/**
 * Declares a task; the file's default export. It runs when the file is what was started
 * (`tsx tasks/NAME.ts`), and never when it is imported.
 *
 * @example
 * export default defineTask(import.meta, {
 *   name: 'psql',
 *   description: 'Opens psql on the database.',
 *   async run({ $ }) { await $({ stdio: 'inherit' })`psql $DATABASE_URL`; },
 * });
 *
 * @example
 * // Several commands: `devservices mail send ann@example.org`, `devservices mail clear`
 * export default defineTask(import.meta, {
 *   name: 'mail',
 *   description: 'Test mails.',
 *   commands: {
 *     send: {
 *       description: 'Sends one.',
 *       args: { to: { kind: 'positional', description: 'To whom', required: true } },
 *       async run({ args, $ }) { await $`swaks --to ${args.to}`; },
 *     },
 *     clear: { description: 'Removes all.', async run({ $ }) { await $`rm -r mails`; } },
 *   },
 * });
 */
export function defineTask<const Specs>(
  meta: ImportMeta,
  spec: TaskOfCommands<Host, Specs>,
): CommandTask<Specs>;
export function defineTask<
  // oxlint-disable-next-line typescript/no-empty-object-type -- no arguments unless some are declared
  const Spec extends ArgumentSpec = {},
  Result = unknown,
>(meta: ImportMeta, spec: TaskSpec<Host, Spec, Result>): Task<Spec, Result>;
export function defineTask(meta: ImportMeta, spec: AnyTaskSpec<Host>): Task | CommandTask {
  const file = fileURLToPath(meta.url);
  const task = Object.assign(Object.create({ [brand]: true }), spec, { source: file });
  if (isStarted(file)) {
    // Imported here, so that a task which is only imported costs nothing.
    void import('../cli/run-process.ts').then(({ runProcess }) => runProcess({ task }));
  }
  return task as Task | CommandTask;
}

/** Whether a value is what `defineTask` returned, whichever copy of this package made it. */
export function isTask(value: unknown): value is Task | CommandTask {
  return typeof value === 'object' && value !== null && brand in value;
}

function isStarted(file: string): boolean {
  const [, started] = process.argv;
  if (started === undefined || ranItself in globalThis) return false;
  const own = realPathOf(file);
  const isOwn = ['', '.ts', '.mts', '.js', '.mjs'].some(
    (extension) => realPathOf(started + extension) === own,
  );
  // A worker has the same arguments as whoever started it.
  if (!isOwn || !process.getBuiltinModule('node:worker_threads').isMainThread) return false;
  Object.defineProperty(globalThis, ranItself, { value: true });
  return true;
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
