import { defineTask, type Permissions } from 'devservices';

export default defineTask(import.meta, {
  name: 'plugins',
  description: 'Shows the plugins, what they bring and what each asks for',
  args: {
    allow: {
      kind: 'option',
      value: 'NAME',
      many: true,
      description: 'Lets a plugin have what it asks for now, in devservices.lock',
    },
  },
  run: async ({ host, args }) => ({ plugins: await host.plugins({ allow: args.allow }) }),
  render({ plugins }, style) {
    return style.table(
      plugins.map(({ name, permissions, services, runners, tasks, failure }) => [
        failure === undefined ? name : style.red(name),
        failure ?? (asksFor(permissions) || style.dim('asks for nothing')),
        style.dim(brings({ services, runners, tasks })),
      ]),
    );
  },
});

function asksFor(permissions: Permissions): string {
  return Object.entries(permissions)
    .filter(([, asked]) => asked !== false && asked !== undefined)
    .map(([name, asked]) => (Array.isArray(asked) ? `${name}: ${itemsOf(name, asked)}` : name))
    .join(', ');
}

function itemsOf(name: string, asked: readonly string[]): string {
  return name === 'net' && asked.includes('*') ? 'any host' : asked.join(' ');
}

function brings(things: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(things)
    .filter(([, names]) => names.length > 0)
    .map(([what, names]) => `${what}: ${names.join(' ')}`)
    .join(', ');
}
