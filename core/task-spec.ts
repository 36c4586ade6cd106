import type { Permissions } from './permissions/permissions.ts';
import type { CommandShell } from './command.ts';
import type { Foreground } from './command-foreground.ts';
import type { ContractToken } from './contract-token.ts';
import type { Contracts } from './contracts.ts';
import type { Logger } from './log.ts';

/** One argument of a task, as literal data: help and completions read it without running the file. */
export type Argument =
  /** `--recreate` */
  | {
      readonly kind: 'flag';
      readonly description: string;
      /** Key of a flag that says the opposite: both together are refused. */
      readonly opposite?: string;
    }
  /** `--exclude NAME`; `many` lets it be repeated (it never takes two values at once). */
  | {
      readonly kind: 'option';
      readonly value: string;
      readonly description: string;
      readonly many?: boolean;
      readonly required?: boolean;
      readonly choices?: readonly string[];
      /** Seconds and counts. */
      readonly number?: boolean;
    }
  /** `[services…]` or `SERVICE` */
  | {
      readonly kind: 'positional';
      readonly description: string;
      readonly many?: boolean;
      readonly required?: boolean;
      /** May be a secret: no error repeats a word of the line that it is in. */
      readonly secret?: boolean;
    }
  /** Everything after `--`. */
  | { readonly kind: 'rest'; readonly description: string; readonly required?: boolean };

/** Keys are camelCase; on the command line `waitTimeout` is `--wait-timeout`. */
export type ArgumentSpec = Readonly<Record<string, Argument>>;

type ValueOf<A extends Argument> = A extends { kind: 'flag' }
  ? boolean
  : A extends { kind: 'rest' }
    ? readonly string[]
    : A extends { many: true }
      ? readonly string[]
      : A extends { required: true }
        ? SingleOf<A>
        : SingleOf<A> | undefined;

type SingleOf<A extends Argument> = A extends { kind: 'option'; number: true }
  ? number
  : A extends { kind: 'option'; choices: readonly (infer Choice)[] }
    ? Choice
    : string;

/** The parsed arguments of a spec. */
export type ArgumentsOf<Spec extends ArgumentSpec> = {
  readonly [Key in keyof Spec]: ValueOf<Spec[Key]>;
};

/** What every task gets. `Host` is core's; it is a type parameter here to keep imports one-way. */
export interface TaskContext<Host, Args> {
  readonly host: Host;
  readonly args: Args;
  /** zx, with what the services export in its environment. */
  readonly $: CommandShell;
  /** The caller's streams and signals, for a task that runs a command for them. */
  readonly foreground: Foreground;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Runs another task in the same host and gives its result. */
  run(task: string, args?: Readonly<Record<string, unknown>>): Promise<unknown>;
  use<Token extends ContractToken>(token: Token): Promise<Contracts[Token]>;
}

/** What is run under one name: by a task, or by one of its commands. */
export interface Action<
  Host = unknown,
  Spec extends ArgumentSpec = ArgumentSpec,
  Result = unknown,
> {
  /** One line, for the listing. */
  readonly description: string;
  readonly args?: Spec;
  /** What it gives stands in the finished event as `result`, where it is an object that is no outcome. */
  run(context: TaskContext<Host, ArgumentsOf<Spec>>): Result | Promise<Result>;
  /**
   * Only on tasks that run a command for their user (`exec`, `run`, `attach`): `run` gives
   * `{ exitCode }`, which becomes the exit status, or throws; a failure of ours is 125, a command that
   * is not there 127, one that cannot be run 126 (`shellStatus` in the facts of the error). stdout is
   * the command's alone; what it is run on comes from `foreground`.
   */
  readonly passesStatus?: true;
  /** Only on tasks that go on until Ctrl-C (`logs`): such an end is no failure that would be told. */
  readonly endsByInterrupt?: true;
  /**
   * Only on tasks that answer a question: what `run` gave, for a terminal. Such a task prints one
   * document (`--json`: the result itself); all others end with a `<task>-finished` event. An
   * `exitCode` in the result is the exit status.
   */
  render?(result: Awaited<Result>, style: TextStyle): string;
  /**
   * Only without `render`: a last line for people, on stdout and in no journal, such as the `token` of
   * the result.
   */
  tellOnce?(result: Awaited<Result>): string;
  /** Only with `render`: whether with these arguments it answers a question, and does not act. Default: it does. */
  answers?(args: ArgumentsOf<Spec>): boolean;
}

interface TaskHead {
  /** Kebab-case; what one types. */
  readonly name: string;
  /** One line, for the listing. */
  readonly description: string;
  /** Tasks that run first, in parallel, each once; `permissions add` names a command of one. */
  readonly needs?: readonly string[];
  readonly permissions?: Permissions;
}

/** A task of the tool, of a plugin or of a repo. */
export interface TaskSpec<
  Host = unknown,
  Spec extends ArgumentSpec = ArgumentSpec,
  Result = unknown,
>
  extends TaskHead, Action<Host, Spec, Result> {
  readonly commands?: undefined;
}

/** A task that does several things, each with its own words, arguments and result. */
export interface TaskOfCommands<
  Host = unknown,
  Specs = Readonly<Record<string, ArgumentSpec>>,
> extends TaskHead {
  readonly run?: undefined;
  readonly args?: undefined;
  /**
   * By what one types behind the task's name: kebab-case words with single spaces (`add`, `users add`).
   * The leading words of the command line choose, the longest that fit. The type of what `run` gives is
   * written out at the parameter of `render`.
   */
  readonly commands: { readonly [Words in keyof Specs]: CommandOf<Host, Specs[Words]> };
}

/** A task, whatever it is made of. */
export type AnyTaskSpec<Host = unknown> = TaskSpec<Host> | TaskOfCommands<Host>;

/** One command; `Spec` is bound here and not where it is inferred, which would infer nothing but its bound. */
export interface CommandOf<Host, Spec> extends Omit<Action<Host, SpecOf<Spec>>, 'args'> {
  readonly args?: Spec & ArgumentSpec;
}

// oxlint-disable-next-line typescript/no-empty-object-type -- no arguments unless some are declared
type SpecOf<Spec> = Spec extends ArgumentSpec ? Spec : {};

/** Colours and widths of where the text goes; plain where there is no terminal. */
export interface TextStyle {
  readonly columns: number;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
  /** Rows in columns as wide as what stands in them. */
  table(rows: readonly (readonly string[])[]): string;
}
