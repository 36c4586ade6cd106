import { defineTask } from 'devservices';

type Variables = Readonly<Record<string, string>>;

export default defineTask(import.meta, {
  name: 'env',
  description: 'Prints what the services export, secrets included, for a shell to take in',
  args: {
    format: {
      kind: 'option',
      value: 'FORMAT',
      choices: ['shell', 'dotenv', 'json'],
      description: 'For eval "$(devservices env)", for a .env file, or as JSON; default: shell',
    },
    service: { kind: 'option', value: 'NAME', many: true, description: 'Only what these export' },
  },
  async run({ host, args, log }) {
    await host.configure();
    const variables = await host.exports(args.service.length === 0 ? undefined : args.service);
    const { format = 'shell' } = args;
    const odd = Object.entries(variables).filter((entry) => !isUsable(entry));
    if (odd.length > 0 && format !== 'json') {
      log.warn(`No shell can have ${odd.map(([name]) => name).join(', ')}.`);
    }
    if (format === 'dotenv') {
      for (const [reader, names] of namesByReader(variables)) {
        log.warn(
          `Readers of .env files differ on ${names.join(', ')}: written as ${reader} read it.`,
        );
      }
    }
    formats.set(variables, format);
    return variables;
  },
  render: (variables) => texts[formats.get(variables) ?? 'shell'](variables),
});

// With `--json` the answer is printed as it is: how else it is to be written stands beside it.
const formats = new WeakMap<Variables, keyof typeof texts>();

const texts = {
  shell: (variables: Variables) =>
    linesOf(variables, (name, value) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`),
  dotenv: (variables: Variables) =>
    linesOf(variables, (name, value) => `${name}=${quoteForDotenv(value).text}`),
  json: (variables: Variables) => JSON.stringify(variables, null, 2),
};

function linesOf(variables: Variables, line: (name: string, value: string) => string): string {
  return Object.entries(variables)
    .filter(isUsable)
    .map(([name, value]) => `${line(name, value)}\n`)
    .join('');
}

// Readers of .env files agree on plain words, on single quotes round what has none in it, and on double
// quotes round what needs no escape. For the rest there is one way of `node --env-file` and the dotenv
// package, which know backticks and no escapes, and one of Compose, which knows escapes and no backticks.
function quoteForDotenv(value: string): { text: string; reader?: string } {
  const escaped = value.replaceAll('\n', '\\n');
  if (/^[\w./:@%+,-]+$/.test(value)) return { text: value };
  if (!/['\r]|\\$/.test(value)) return { text: `'${value}'` };
  if (!/["$\\\r]/.test(value)) return { text: `"${escaped}"` };
  const quote = ["'", '"', '`'].find(
    (one) => !value.includes(one) && !(one === '"' && value.includes('\\n')),
  );
  if (quote !== undefined && !value.includes('\r')) {
    return { text: quote + value + quote, reader: 'Node and dotenv' };
  }
  const text = value.replaceAll(/[\\"$]/g, '\\$&').replaceAll('\n', '\\n');
  return { text: `"${text.replaceAll('\r', '\\r')}"`, reader: 'Compose and its like' };
}

function namesByReader(variables: Variables): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const [name, value] of Object.entries(variables).filter(isUsable)) {
    const { reader } = quoteForDotenv(value);
    if (reader !== undefined) found.set(reader, [...(found.get(reader) ?? []), name]);
  }
  return found;
}

function isUsable([name, value]: [string, string]): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !value.includes('\0');
}
