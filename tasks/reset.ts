import { confirm, defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'reset',
  description: 'Removes everything of this project, its data included',
  args: {
    yes: { kind: 'flag', description: 'Does not ask' },
    dryRun: { kind: 'flag', description: 'Shows what would be lost, and removes nothing' },
    keepVolumes: { kind: 'flag', description: 'Keeps the data' },
  },
  run: ({ host, args, log, signal }) =>
    host.reset({
      keepVolumes: args.keepVolumes,
      dryRun: args.dryRun,
      async confirm({ services, data }) {
        log.info(`Services: ${services.join(', ') || 'none'}.`);
        log.info(`Data: ${data.map(({ name }) => name).join(', ') || 'none'}.`);
        if (args.dryRun) return false;
        const question = 'Remove all of this for good?';
        return confirm({ task: 'reset', question, isAgreed: args.yes, signal });
      },
    }),
});
