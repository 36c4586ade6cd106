import { defineTask, type Host } from 'devservices';
import { prependLocalBins } from 'devservices/machine';

export default defineTask(import.meta, {
  name: 'run',
  description: 'Starts what is needed and runs a command with what the services export',
  args: {
    service: {
      kind: 'option',
      value: 'NAME',
      many: true,
      description: 'Only these, and what they need',
    },
    exclude: { kind: 'option', value: 'NAME', many: true, description: 'Leaves a service out' },
    noUp: { kind: 'flag', description: 'Starts nothing' },
    offline: { kind: 'flag', description: 'Asks no network: works with the images that are here' },
    waitTimeout: {
      kind: 'option',
      value: 'SECONDS',
      number: true,
      description: 'How long each service may take to become ready',
    },
    command: { kind: 'rest', required: true, description: 'The command, run without a shell' },
  },
  passesStatus: true,
  async run({ host, args, foreground, run }) {
    const { service, exclude, offline } = args;
    if (!args.noUp) {
      const { waitTimeout } = args;
      await run('up', { services: service, exclude, offline, waitTimeout });
    }
    const names = await host.select({ services: service, exclude });
    if (args.noUp) await tellWhatIsAway(host, names);
    // The addresses of what runs here are right, whatever the shell had before.
    const env = { ...foreground.env, ...(await host.exports(names)) };
    const path = prependLocalBins(env['PATH'], { cwd: foreground.cwd, root: host.root });
    return { exitCode: await foreground.run(args.command, { env: { ...env, PATH: path } }) };
  },
});

async function tellWhatIsAway(host: Host, names: readonly string[]): Promise<void> {
  const [status] = await host.status();
  const away = names.filter(
    (name) => !['running', 'ready', 'completed'].includes(status?.services[name]?.state ?? ''),
  );
  if (away.length > 0) host.log.warn(`Not running: ${away.join(', ')}.`);
}
