import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'toggle',
  description: 'Moves a service to another of its runs; data stays where it is',
  args: {
    service: { kind: 'positional', required: true, description: 'What is moved' },
    key: { kind: 'positional', description: 'The run, by its key; without one, lists them' },
    waitTimeout: {
      kind: 'option',
      value: 'SECONDS',
      number: true,
      description: 'How long each service may take to become ready',
    },
  },
  answers: ({ key }) => key === undefined,
  async run({ host, args }) {
    const { service, key, waitTimeout } = args;
    await host.configure();
    if (key === undefined) return host.runs(service);
    await host.initialize('toggle');
    const waitTimeoutMs = waitTimeout === undefined ? undefined : waitTimeout * 1000;
    return host.toggle({ service, key, waitTimeoutMs });
  },
  render(result, style) {
    if (!('runs' in result)) return '';
    const rows = Object.entries(result.runs).map(([key, { kind, isPinned, reason = '' }]) => [
      isPinned ? style.green('●') : '○',
      key,
      style.dim(kind),
      isPinned ? 'pinned' : '',
      style.yellow(reason.split('\n', 1)[0] ?? ''),
    ]);
    return `${style.bold(result.service)}\n${style.table(rows)}`;
  },
});
