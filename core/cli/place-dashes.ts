import { flagOf } from '../tasks/flag-of.ts';
import type { ArgumentSpec } from '../task-spec.ts';

/**
 * Where `--` was forgotten before a command that has to stand behind it: the line as it was meant, for
 * people to copy. Undefined where nothing looks like a command.
 */
export function placeDashes(
  task: string,
  spec: ArgumentSpec,
  argv: readonly string[],
): string | undefined {
  const takesCommand = Object.values(spec).some((one) => one.kind === 'rest' && one.required);
  if (!takesCommand || argv.includes('--')) return undefined;
  const isFlag = (word: string) => isOf('flag', spec, word);
  const isOption = (word: string) => isOf('option', spec, word);
  let operandsLeft = Object.values(spec).filter(({ kind }) => kind === 'positional').length;
  let at = 0;
  for (; at < argv.length; at++) {
    const word = argv[at] as string;
    if (isFlag(word) || isOption(word.split('=')[0] ?? '')) {
      if (isOption(word)) at += 1;
    } else if (word.startsWith('-') || operandsLeft === 0) {
      break;
    } else {
      operandsLeft -= 1;
    }
  }
  if (at >= argv.length || operandsLeft > 0) return undefined;
  const words = [...argv.slice(0, at), '--', ...argv.slice(at)];
  return ['devservices', task, ...words.map(quote)].join(' ');
}

function isOf(kind: 'flag' | 'option', spec: ArgumentSpec, word: string): boolean {
  return Object.entries(spec).some(([key, one]) => one.kind === kind && flagOf(key) === word);
}

const quote = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
