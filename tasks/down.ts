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
  run: ({ host, args }) => host.down(args),
});
