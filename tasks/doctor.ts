import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'doctor',
  description: 'Looks at everything that up needs, and says what is wrong with it',
  run: ({ host }) => host.diagnose(),
  render({ findings }, style) {
    const marks = {
      problem: style.red('✘'),
      warning: style.yellow('!'),
      ok: style.green('✔'),
    } as const;
    const width = Math.max(...findings.map(({ name }) => name.length));
    const indent = ' '.repeat(width + 4);
    const wrap = (text: string) => wrapLines(text, style.columns - indent.length - 1);
    const block = ({ name, level, text, hint }: (typeof findings)[number]) => {
      const [first = '', ...rest] = wrap(text);
      const title = level === 'ok' ? style.dim(name.padEnd(width)) : name.padEnd(width);
      return [
        `${marks[level]} ${title}  ${level === 'problem' ? style.bold(first) : first}`,
        ...rest.map((line) => `${indent}${line}`),
        ...(hint === undefined ? [] : wrap(`→ ${hint}`)).map((line) =>
          `${indent}${line}`.replace('→', style.cyan('→')),
        ),
      ].join('\n');
    };
    const count = (level: string) => findings.filter((one) => one.level === level).length;
    const [problems, warnings] = [count('problem'), count('warning')];
    const summary =
      problems > 0
        ? style.bold(style.red(numbered(problems, 'problem')))
        : style.bold('No problems');
    return [
      ...(['problem', 'warning', 'ok'] as const).flatMap((level) =>
        findings.filter((one) => one.level === level).map(block),
      ),
      '',
      warnings === 0 ? summary : `${summary}, ${numbered(warnings, 'warning')}`,
    ].join('\n');
  },
});

const numbered = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : 's'}`;

/**
 * Lines at most as wide, broken between words; a word that is wider stays whole. What an engine or an
 * ssh said is among them: nothing of it moves a cursor.
 */
function wrapLines(text: string, width: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    for (const word of line
      .replaceAll(/\p{Cc}/gu, '')
      .trim()
      .split(' ')) {
      const last = lines.at(-1);
      if (last === undefined || last.length + word.length + 1 > width) lines.push(word);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
  });
}
