import type { ProcessPromise } from 'zx/core';
import { pluginErrors } from './errors/catalogue/plugin.ts';

interface Guarded {
  readonly allowed: readonly string[] | 'all';
  readonly who: string;
}

type RunTemplate = (pieces: TemplateStringsArray, ...values: unknown[]) => ProcessPromise;

// No quotes: a value is quoted by zx, and would break out of quotes around it.
const plainWords = /^[\p{L}\p{N}_@%+=:,./ \t-]*$/u;

const harmlessOptions: readonly string[] = [
  'cwd',
  'exports',
  'input',
  'nothrow',
  'quiet',
  'signal',
  'timeout',
  'timeoutSignal',
  'killSignal',
];

/** Throws DS_PERMISSION_DENIED unless the template runs one declared command, by plain words alone. */
export function assertDeclaredCommand(pieces: readonly string[], context: Guarded): void {
  const [, command = '', after = ''] = /^\s*(\S*)(\s?)/.exec(pieces[0] ?? '') ?? [];
  const isWhole = after !== '' || pieces.length === 1;
  if (!isWhole || !context.allowed.includes(command)) {
    const shown = command === '' ? 'a command whose name is a value' : `the command ${command}`;
    throw denied(shown, context);
  }
  const shown = pieces.join('${…}').trim();
  if (!pieces.every((piece) => plainWords.test(piece))) {
    throw denied(`shell syntax around the command ${command} (\`${shown}\`)`, context);
  }
}

/** Throws DS_PERMISSION_DENIED for an option that would run something else, e.g. `shell`. */
export function assertDeclaredOptions(options: object, context: Guarded): void {
  const other = Object.keys(options).find((name) => !harmlessOptions.includes(name));
  if (other !== undefined) throw denied(`the option ${other} of \`$\``, context);
}

/** zx's own `pipe` would start any command, and write any file. */
export function guardPipe(
  started: ProcessPromise,
  run: RunTemplate,
  context: Guarded,
): ProcessPromise {
  const { pipe: zxPipe } = started;
  const guard = (pipeOne: typeof zxPipe) => {
    const pipeInto = pipeOne as (into: ProcessPromise) => ProcessPromise;
    return (into: TemplateStringsArray | ProcessPromise, ...values: unknown[]) => {
      if (typeof into === 'string') {
        throw denied(`the file ${String(into)} through a pipe`, context);
      }
      return pipeInto(
        Array.isArray(into) ? run(into as never, ...values) : (into as ProcessPromise),
      );
    };
  };
  const pipe = Object.assign(guard(zxPipe), {
    stdout: guard(zxPipe.stdout as typeof zxPipe),
    stderr: guard(zxPipe.stderr as typeof zxPipe),
    stdall: guard(zxPipe.stdall as typeof zxPipe),
  });
  return Object.defineProperty(started, 'pipe', { value: pipe });
}

function denied(asked: string, { allowed, who }: Guarded): Error {
  const declared =
    allowed.length === 0
      ? 'no commands'
      : `only ${(allowed as readonly string[]).map((name) => `run: ${name}`).join(', ')}`;
  return pluginErrors.create('DS_PERMISSION_DENIED', { who, asked, declared });
}
