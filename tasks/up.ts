import { confirm, defineTask } from 'devservices';

export default defineTask(import.meta, {
  name: 'up',
  description: 'Starts everything that the repo needs, and waits until it is ready',
  args: {
    services: { kind: 'positional', many: true, description: 'Only these, and what they need' },
    exclude: { kind: 'option', value: 'NAME', many: true, description: 'Leaves a service out' },
    profile: {
      kind: 'option',
      value: 'NAME',
      many: true,
      description: "Brings a profile's services",
    },
    skipOnlyIf: { kind: 'flag', description: 'Starts services whatever their onlyIf says' },
    recreate: { kind: 'flag', description: 'Makes unchanged services anew as well' },
    noDeps: { kind: 'flag', description: 'Leaves out what the named services need' },
    build: { kind: 'flag', description: 'Builds images whose sources may have changed' },
    update: { kind: 'flag', description: 'Asks the registries for newer images' },
    pull: {
      kind: 'option',
      value: 'WHEN',
      choices: ['missing', 'always', 'never'],
      description: 'When images are pulled; default: when missing',
    },
    offline: { kind: 'flag', description: 'Asks no network: works with the images that are here' },
    run: {
      kind: 'option',
      value: 'SERVICE=KEY',
      many: true,
      description: 'Chooses by what a service runs',
    },
    ports: {
      kind: 'option',
      value: 'WHAT',
      choices: ['fail', 'reassign', 'ask'],
      description: 'What to do about a port that is taken; default: fail',
    },
    waitTimeout: {
      kind: 'option',
      value: 'SECONDS',
      number: true,
      description: 'How long each service may take to become ready',
    },
    removeOrphans: { kind: 'flag', description: 'Removes what the configuration no longer knows' },
    dryRun: { kind: 'flag', description: 'Shows what would be done, and does nothing' },
    timings: { kind: 'flag', description: 'Shows what took how long, the critical path first' },
  },
  async run({ host, args, signal }) {
    await host.configure();
    await host.initialize('up');
    const up = await host.plan({
      services: args.services,
      exclude: args.exclude,
      profiles: args.profile,
      skipOnlyIf: args.skipOnlyIf,
      noDeps: args.noDeps,
      recreate: args.recreate,
      removeOrphans: args.removeOrphans,
      build: args.build,
      update: args.update,
      dryRun: args.dryRun,
      pull: args.offline ? 'never' : (args.pull ?? 'missing'),
      offline: args.offline,
      runs: Object.fromEntries(args.run.map(splitPair)),
      ports: args.ports === 'ask' ? (taken) => askForPorts(taken, signal) : (args.ports ?? 'fail'),
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

function splitPair(pair: string): [service: string, key: string] {
  const [service = '', ...key] = pair.split('=');
  return [service, key.join('=')];
}

async function askForPorts(
  taken: readonly { service: string; number: number; holder: string }[],
  signal: AbortSignal,
): Promise<'fail' | 'reassign'> {
  const list = taken.map(
    ({ service, number, holder }) => `${number} (${service}; ${holder} holds it)`,
  );
  const question = `Taken: ${list.join(', ')}. Use other ports?`;
  return (await confirm({ task: 'up', question, signal })) ? 'reassign' : 'fail';
}
