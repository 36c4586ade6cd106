import { constants } from 'node:os';
import * as z from 'zod';
import { count, duration, environment, field, flag, text } from './schema-values.ts';

const command = z
  .custom<string | readonly string[]>((value) =>
    Array.isArray(value)
      ? value.every(isArgument) && value[0] !== undefined && value[0] !== ''
      : isArgument(value) && value.trim() !== '',
  )
  .meta({ type: 'a command, or a list of a program and its arguments' });

// What is passed to a program ends at a NUL.
const isArgument = (value: unknown): value is string =>
  typeof value === 'string' && !value.includes('\0');

const signals = Object.keys(constants.signals);
const signal = z
  .enum([...signals, ...signals.map((name) => name.replace('SIG', ''))])
  .meta({ type: 'a signal of this machine such as SIGINT' });

const factor = z
  .custom<number>((value) => Number.isFinite(value) && Number(value) >= 1)
  .meta({ type: 'a number from 1 on' });

const globs = z.array(text).meta({ type: 'a list of globs' });

const programOptions = z
  .custom<Readonly<Record<string, unknown>>>(
    (value) => !Array.isArray(value) && typeof value === 'object' && isJson(value),
  )
  .meta({ type: 'a record of JSON values' });

export const program = z.strictObject({
  module: text.meta({
    description:
      "The module that knows how it runs, found from the configuration's folder: a package's name, or a path.",
  }),
  options: field(programOptions, 'What that module takes.'),
});

export const backoff = z.strictObject({
  initial: field(duration, 'The first pause.', '200ms'),
  factor: field(factor, 'Each pause is so many times the one before.', '2'),
  max: field(duration, 'The longest pause.', '10s'),
  resetAfter: field(
    duration,
    'Who ran that long begins anew: first pause, no restarts counted.',
    '10s',
  ),
});

const fields = z.strictObject({
  kind: z
    .literal('process')
    .meta({ description: 'Says that this run is a process of this machine.' }),
  command: field(
    command,
    "Program and arguments; a text is split into words as a shell would, without running one. `{host}`, `{port.NAME}` and `{address.NAME}` stand for the own addresses. Programs of the repo's packages are found by name.",
  ),
  program: field(
    program,
    'A program that comes whole from a package, instead of a command: `{ module, options }`.',
  ),
  cwd: field(text, "Folder that it runs in, relative to the configuration's.", 'that folder'),
  environment: field(
    environment,
    'Besides the variables that `up` was called with; `{host}`, `{port.NAME}` and `{address.NAME}` stand for the own addresses, `{address.SERVICE.PORT}` and its like for those of a dependency. A sole TCP port is also there as `PORT`.',
  ),
  shell: field(
    z.union([flag, text]),
    'Lets a shell run the command: true for `/bin/sh`, or its path. Needs a text.',
    'false',
  ),
  restart: field(
    z.enum(['no', 'on-failure', 'always', 'unless-stopped']),
    'When it is started again after it ended: `on-failure` not after exit code 0.',
    'no',
  ),
  maxRestarts: field(count, 'Given up after so many restarts in a row.', '5'),
  backoff: field(backoff, 'The pause before it is started again.'),
  stopSignal: field(signal, 'Sent to the process and to all that it started.', 'SIGTERM'),
  stopGracePeriod: field(duration, 'Between that signal and SIGKILL.', '10s'),
  watch: field(globs, 'Relative to `cwd`: it is restarted when one of these files changed.'),
});

/** A run of kind `process`. */
export const processRun = fields
  .refine(
    ({ command: own, program: known }) => own !== undefined || known !== undefined,
    'Expected a command or a program, found neither.',
  )
  .check(refuseTogether);

function refuseTogether({ value, issues }: z.core.ParsePayload<z.infer<typeof fields>>): void {
  const refuse = (key: 'program' | 'shell', message: string) =>
    issues.push({ code: 'custom', input: value[key], path: [key], message });
  if (value.command !== undefined && value.program !== undefined) {
    refuse('program', 'Expected either command or program, found both.');
  }
  if (value.shell === undefined || value.shell === false) return;
  if (typeof value.command !== 'string') {
    const found = value.command === undefined ? 'none' : 'a list';
    refuse('shell', `Expected a command as one text, which the shell is to read, found ${found}.`);
  }
}

function isJson(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  const isPlain =
    Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  return isPlain && Object.values(value).every(isJson);
}
