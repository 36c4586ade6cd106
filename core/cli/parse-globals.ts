import { taskErrors } from '../errors/catalogue/task.ts';

/** The flags that every task takes. */
export interface GlobalFlags {
  readonly config?: string;
  readonly project?: string;
  readonly engine?: string;
  /** `PATH=VALUE`, each. */
  readonly set: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly noColor: boolean;
  readonly noTelemetry: boolean;
  readonly help: boolean;
  readonly version: boolean;
}

export interface CommandLine {
  readonly globals: GlobalFlags;
  readonly task: string | undefined;
  /** What is left for the task itself. */
  readonly rest: readonly string[];
}

/** What `--help` says of them, in this order. */
export const globalFlags = {
  config: { value: 'FILE', description: 'The configuration to use' },
  project: { value: 'NAME', description: 'The name of the project' },
  engine: { value: 'URL', description: 'Where containers run' },
  set: { value: 'PATH=VALUE', description: 'Sets one value of the configuration (repeatable)' },
  json: { description: 'Prints JSON alone on stdout' },
  quiet: { description: 'Prints errors and warnings only' },
  verbose: { description: 'Prints more, stack traces included' },
  noColor: { description: 'Prints without colour' },
  noTelemetry: { description: 'Sends nothing of what is measured or went wrong to anybody' },
  help: { description: 'Shows this' },
} as const satisfies Record<string, { value?: string; description: string }>;

const switches: Readonly<Record<string, keyof GlobalFlags>> = {
  '--json': 'json',
  '--quiet': 'quiet',
  '--verbose': 'verbose',
  '--no-color': 'noColor',
  '--no-telemetry': 'noTelemetry',
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
};
const valued = ['config', 'project', 'engine', 'set'] as const;

/**
 * Takes the flags that every task has out of a command line, wherever before `--` they stand, and the
 * task's name, unless the task is known. Throws DS_ARGUMENT_UNKNOWN, DS_ARGUMENT_MISSING and
 * DS_ARGUMENT_INVALID.
 */
export function parseGlobals(argv: readonly string[], knownTask?: string): CommandLine {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const flags: Record<string, boolean | string> = {};
  const set: string[] = [];
  const rest: string[] = [];
  let task = knownTask;
  for (let index = 0; index < end; index++) {
    const token = argv[index] as string;
    const option = valued.find((name) => token === `--${name}` || token.startsWith(`--${name}=`));
    if (option !== undefined) {
      const isInline = token.includes('=');
      const value = isInline ? token.slice(token.indexOf('=') + 1) : valueAt(argv, ++index, end);
      if (!value) throw missing(option, task);
      if (option === 'set') set.push(assertAssignment(value));
      else flags[option] = value;
    } else if (Object.hasOwn(switches, token)) {
      flags[switches[token] as string] = true;
    } else if (task === undefined && token.startsWith('-')) {
      const known = [...Object.keys(switches), ...valued.map((name) => `--${name}`)];
      const facts = { argument: token, task: 'devservices', known };
      throw taskErrors.create('DS_ARGUMENT_UNKNOWN', facts);
    } else if (task === undefined) {
      task = token;
    } else {
      rest.push(token);
    }
  }
  const off = { json: false, quiet: false, verbose: false, noColor: false, noTelemetry: false };
  const globals: GlobalFlags = { ...off, help: false, version: false, ...flags, set };
  return { globals, task, rest: [...rest, ...argv.slice(end)] };
}

function valueAt(argv: readonly string[], index: number, end: number): string | undefined {
  const value = index < end ? argv[index] : undefined;
  return value?.startsWith('--') ? undefined : value;
}

function assertAssignment(given: string): string {
  if (given.indexOf('=') > 0) return given;
  const facts = { argument: '--set', given, expected: 'PATH=VALUE' };
  throw taskErrors.create('DS_ARGUMENT_INVALID', facts);
}

function missing(option: (typeof valued)[number], task = 'devservices') {
  const argument = `a value for --${option} (${globalFlags[option].value})`;
  return taskErrors.create('DS_ARGUMENT_MISSING', { argument, task });
}
