import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'attach',
  description: 'Runs a service in the foreground, with what it needs; Ctrl-C stops it',
  args: {
    service: { kind: 'positional', required: true, description: 'What is run' },
    tail: {
      kind: 'option',
      value: 'LINES',
      number: true,
      description: 'Of one that runs already: the last lines first; default: those of 20 s',
    },
    waitTimeout: {
      kind: 'option',
      value: 'SECONDS',
      number: true,
      description: 'How long each service may take to become ready',
    },
  },
  passesStatus: true,
  async run({ host, args, foreground }) {
    const { service, tail, waitTimeout } = args;
    const exitCode = await host.attach({
      service,
      foreground,
      ...(tail === undefined ? {} : { tail }),
      ...(waitTimeout === undefined ? {} : { waitTimeoutMs: waitTimeout * 1000 }),
    });
    return { exitCode };
  },
});
