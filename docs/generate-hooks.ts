import { readFileSync } from 'node:fs';
import { parse } from '@babel/parser';
import { createHookTable, type HookName } from '../core/hooks.ts';

const source = readFileSync(new URL('../core/hooks.ts', import.meta.url), 'utf8');

interface Node {
  type: string;
  start: number;
  end: number;
  leadingComments?: { value: string }[];
}
interface Member extends Node {
  key: { name: string };
  typeAnnotation?: { typeAnnotation: Node & { types?: (Node & { members?: Member[] })[] } };
}

/** The text of docs/hooks.md: what HookPayloads in core/hooks.ts says of each hook, and its kind. */
export function renderHooksDoc(): string {
  const hooks = readPayloads();
  return `${[
    '# Hooks',
    '<!-- Generated from core/hooks.ts by `npm run docs`; do not edit. -->',
    introduction,
    table(hooks),
    ...hooks.flatMap(({ name, text, fields }) => [
      `## ${name}`,
      text,
      ['- `signal`: aborts on Ctrl-C, and when the time of the tap is up', ...fields.map(row)].join(
        '\n',
      ),
    ]),
  ].join('\n\n')}\n`;
}

const introduction = `A plugin taps a hook in its \`setup\`:

\`\`\`ts
hooks.beforeUp.tap('vpn', async ({ fail }) => {
  if (!(await isConnected())) fail('the VPN is off.');
});
hooks.serviceReady.for('postgres').tap({ name: 'vpn', stage: 'late', timeoutMs: 5000 }, ({ endpoints }) => {});
\`\`\`

- A tap gets one object, and returns nothing: what has to change is changed through that object. A tap that
  returns a value fails.
- An async tap is awaited, whichever hook it is on.
- Stages run in the order \`early\`, \`normal\`, \`late\`; within one, plugins run in their order (\`after\`, \`before\`,
  else as they are listed).
- A tap that takes longer than its \`timeoutMs\`, or else \`hookTimeout\` of the configuration (60 s), fails.
- A failure names the plugin and the hook, and counts as the plugin's (exit status 4), unless the plugin throws an
  error of its own that says otherwise.
- Each tap is timed: the event \`hook-ended\` says how long it took.`;

interface Hook {
  name: HookName;
  text: string;
  fields: { name: string; type: string; text: string }[];
}

function readPayloads(): Hook[] {
  const { program } = parse(source, { sourceType: 'module', plugins: ['typescript'] });
  const declarations = program.body as unknown as {
    declaration?: { id?: { name: string }; body: { body: Member[] } };
  }[];
  const payloads = declarations.find(({ declaration }) => declaration?.id?.name === 'HookPayloads');
  let text = '';
  return (payloads?.declaration?.body.body ?? []).map((member) => {
    // Two hooks that stand together share one comment.
    text = commentOf(member) || text;
    const parts = member.typeAnnotation?.typeAnnotation.types ?? [];
    const fields = parts.flatMap(({ members = [] }) => members.map(readField));
    return { name: member.key.name as HookName, text, fields };
  });
}

function readField(member: Member): Hook['fields'][number] {
  const { key, type, start, end, typeAnnotation } = member;
  const isMethod = type === 'TSMethodSignature';
  const shown = isMethod
    ? source.slice(start + key.name.length, end)
    : source.slice(typeAnnotation?.typeAnnotation.start, typeAnnotation?.typeAnnotation.end);
  return { name: key.name, type: shown.replace(/;$/, ''), text: commentOf(member) };
}

function commentOf({ leadingComments = [] }: Node): string {
  const [last] = leadingComments.slice(-1);
  return (last?.value ?? '')
    .split('\n')
    .map((line) => line.replace(/^\s*\*+ ?/, '').trim())
    .filter((line) => line !== '')
    .join(' ');
}

function table(hooks: readonly Hook[]): string {
  const kinds = createHookTable();
  const rows = hooks.map(({ name, fields }) => {
    const hook = name === 'serviceReady' ? kinds.serviceReady.for('') : kinds[name];
    const kind = hook.constructor.name.replace(/Hook$/, '');
    const shown = name === 'serviceReady' ? `${kind}, by service` : kind;
    return `| [\`${name}\`](#${name.toLowerCase()}) | ${shown} | ${fields.map((one) => `\`${one.name}\``).join(', ')} |`;
  });
  return ['| Hook | Kind | Payload, besides `signal` |', '|---|---|---|', ...rows].join('\n');
}

function row({ name, type, text }: Hook['fields'][number]): string {
  const shown = type.startsWith('(') ? `\`${name}${type}\`` : `\`${name}\`: \`${type}\``;
  return `- ${shown}${text === '' ? '' : `. ${text}`}`;
}
