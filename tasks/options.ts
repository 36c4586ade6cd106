import { addAbortSignal, type Readable } from 'node:stream';
import { type Contracts, defineTask } from 'devservices';
import { operatorName, plainText } from 'devservices/machine';

type Report = Awaited<ReturnType<Contracts['projectOptions']['get']>>;
type Values = Report['projects'][string];

const key = { kind: 'positional', required: true, description: 'Such as mail.from' } as const;

export default defineTask(import.meta, {
  name: 'options',
  description: 'Settings of this project, as plugins declare them',
  commands: {
    get: {
      description: 'Shows what is stored, and what counts where nothing is',
      args: {
        keys: { kind: 'positional', many: true, description: 'Only these' },
        showSecrets: { kind: 'flag', description: 'Also what is secret' },
      },
      async run({ host, args, use }) {
        const options = await use('projectOptions');
        for (const one of args.keys) options.find(one);
        const { project } = host.project;
        const { projects } = await options.get({
          projects: [project],
          keys: args.keys,
          asker: args.showSecrets ? 'owner' : 'known',
        });
        return { project, options: projects[project] ?? {} };
      },
      render({ options }: { options: Values }, style) {
        const rows = Object.entries(options).map(([name, value]) => [
          style.bold(name),
          shown(value),
          style.dim(value.isStored ? 'stored' : value.effective === undefined ? '' : 'default'),
          value.problem === undefined ? '' : style.yellow(plainText(`not taken: ${value.problem}`)),
        ]);
        return rows.length === 0 ? 'No plugin declares an option.' : style.table(rows);
      },
    },
    set: {
      description: 'Stores a value',
      args: {
        key,
        value: {
          kind: 'positional',
          required: true,
          secret: true,
          description: 'A text where the option takes one, else JSON; - reads it from stdin',
        },
      },
      async run({ host, args, foreground, log, signal, use }) {
        const options = await use('projectOptions');
        const { project } = host.project;
        const isPiped = args.value === '-';
        if (options.find(args.key).sensitivity === 'secret' && !isPiped) {
          log.warn(
            `${args.key} is a secret, and stands in your shell's history now: with - as VALUE it is read from stdin.`,
          );
        }
        const { stdin } = foreground.attach({ noTerminal: true });
        if (isPiped && stdin && 'isTTY' in stdin && stdin.isTTY) {
          log.info(`Type the value of ${args.key}; Ctrl-D on a line of its own ends it.`);
        }
        const given = isPiped ? await readAll(stdin, signal) : args.value;
        const result = await options.set({
          project,
          key: args.key,
          value: options.read(args.key, given),
          by: `os:${operatorName()}`,
        });
        const isNew = result.change === 'changed';
        log.info(`${args.key} of ${project} is ${isNew ? 'set' : 'as it was already'}.`);
        return result;
      },
    },
    unset: {
      description: 'Forgets a stored value: the default counts again',
      args: { key },
      async run({ host, args, log, use }) {
        const options = await use('projectOptions');
        const { project } = host.project;
        const result = await options.unset({ project, key: args.key, by: `os:${operatorName()}` });
        const wasThere = result.change === 'changed';
        log.info(
          `${plainText(args.key)} of ${project} is ${wasThere ? 'not stored any more' : 'not stored'}.`,
        );
        if (!wasThere && !options.declared().some((option) => option.key === args.key)) {
          log.warn(`Nobody declares ${plainText(args.key)}.`);
        }
        return result;
      },
    },
  },
});

// No more than is ever taken, and enough for that to be said.
const longestInput = 20 * 1024 * 1024;

async function readAll(
  stdin: NodeJS.ReadableStream | undefined,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin ? addAbortSignal(signal, stdin as Readable) : []) {
    const bytes = Buffer.from(chunk as Buffer | string);
    chunks.push(bytes);
    length += bytes.length;
    if (length > longestInput) break;
  }
  return Buffer.concat(chunks);
}

function shown({ isRedacted, isStored, effective }: Values[string]): string {
  if (isRedacted) return isStored ? '(secret)' : '(secret, not stored)';
  const text = effective === undefined ? '' : JSON.stringify(effective);
  return plainText(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
