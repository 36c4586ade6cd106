/** What a supervisor is started with: the one argument of its program, as JSON. */
export interface SupervisorOptions {
  stateHome: string;
  runtimeFolder: string;
  /** Id of the checkout. */
  checkout: string;
  /** How a service of another kind is restarted that follows one of its own. */
  restart?: RestartCommand;
}

/** The command line's `restart`: the service's name goes after `command`, `args` after that. */
export interface RestartCommand {
  command: readonly [string, ...string[]];
  /** E.g. `--config FILE`. */
  args: readonly string[];
  /** The checkout's folder. */
  cwd: string;
}
