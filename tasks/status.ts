import { defineTask, type Endpoints } from 'devservices';

export default defineTask(import.meta, {
  name: 'status',
  description: 'Shows what runs, and where it is reached',
  args: {
    all: { kind: 'flag', description: "Also this machine's other checkouts" },
  },
  async run({ host, args }) {
    const projects = await host.status({ all: args.all });
    return args.all ? { projects } : { ...projects[0], services: projects[0]?.services ?? {} };
  },
  render(result, style) {
    const projects = 'projects' in result ? result.projects : [result];
    return projects
      .map(({ project, root, services }) => {
        const rows = Object.entries(services).map(
          ([name, { state, runner, endpoints, reason }]) => {
            const addresses = addressesOf(endpoints);
            // Beside addresses only what they do not say: that one runs is plain.
            const isBeside = addresses !== '' && !reason.text.startsWith(state);
            return [
              `  ${name}`,
              state === 'ready'
                ? style.green(state)
                : state === 'failed'
                  ? style.red(state)
                  : state,
              style.dim(runner),
              addresses || style.dim(isTold(reason, state) ? '' : reason.text),
              isBeside || reason.code === 'orphan' ? style.yellow(reason.text) : '',
            ];
          },
        );
        return `${style.bold(project ?? '')} ${style.dim(root ?? '')}\n${style.table(rows)}`;
      })
      .join('\n\n');
  },
});

// What the state says already, or a column of its own.
function isTold({ code, text }: { code: string; text: string }, state: string): boolean {
  return text === state || code === 'orphan';
}

function addressesOf(endpoints: Endpoints): string {
  return Object.entries(endpoints)
    .map(([name, { host, port }]) => `${name} ${host}:${port}`)
    .join('  ');
}
