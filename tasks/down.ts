import { defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'down',
  description: 'Stops and removes what up started; data stays',
  args: {
    services: { kind: 'positional', many: true, description: 'Only these' },
    removeOrphans: {
      kind: 'flag',
      description: 'With named services: also what the configuration no longer knows',
    },
  },
  async run({ host, args, log }) {
    const outcome = await host.down(args);
    if (Object.keys(outcome.services).length === 0) log.info('Nothing to do: no service is there.');
    return outcome;
  },
});
