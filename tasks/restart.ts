import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'restart',
  description: 'Stops what runs, starts it again, and waits until it is ready',
  args: {
    services: { kind: 'positional', many: true, description: 'Only these; default: all that run' },
    noDeps: { kind: 'flag', description: 'Leaves out what the named services need' },
    waitTimeout: {
      kind: 'option',
      value: 'SECONDS',
      number: true,
      description: 'How long each service may take to become ready',
    },
    dryRun: { kind: 'flag', description: 'Shows what would be done, and does nothing' },
    timings: { kind: 'flag', description: 'Shows what took how long, the critical path first' },
  },
  async run({ host, args }) {
    await host.configure();
    await host.initialize('restart');
    const up = await host.plan({
      restart: args.services,
      noDeps: args.noDeps,
      pull: 'missing',
      removeOrphans: false,
      waitTimeoutMs: args.waitTimeout === undefined ? undefined : args.waitTimeout * 1000,
    });
    await up.beforeUp();
    if (args.dryRun) return { services: {}, errors: [] };
    await up.start();
    await up.health();
    await up.afterHealth();
    return up.outcome();
  },
});
