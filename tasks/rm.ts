import { confirm, defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'rm',
  description: 'Removes services with their data',
  args: {
    services: { kind: 'positional', many: true, description: 'Only these; default: all' },
    yes: { kind: 'flag', description: 'Does not ask' },
    dryRun: { kind: 'flag', description: 'Shows what would be lost, and removes nothing' },
    keepVolumes: { kind: 'flag', description: 'Keeps the data' },
  },
  run: ({ host, args, log, signal }) =>
    host.rm({
      services: args.services,
      keepVolumes: args.keepVolumes,
      dryRun: args.dryRun,
      async confirm({ services, data }) {
        log.info(`Services: ${services.join(', ') || 'none'}.`);
        log.info(`Data: ${data.map(({ name }) => name).join(', ') || 'none'}.`);
        if (args.dryRun) return false;
        const question = 'Remove all of this for good?';
        return confirm({ task: 'rm', question, isAgreed: args.yes, signal });
      },
    }),
});
