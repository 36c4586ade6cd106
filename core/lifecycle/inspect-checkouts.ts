import { asError } from '../errors/as-error.ts';
import { type CheckoutSummary, listCheckouts } from '../identity/checkout.ts';
import type { Finding } from '../run/finding.ts';
import type { Runner } from '../run/runner.ts';
import type { HostBase } from './loaded-host.ts';
import type { OpenedHost } from './open-kernel.ts';

interface Leftovers {
  root: string;
  checkout: string;
  /** Names of what runs or exists, and of data. */
  services: string[];
  running: string[];
  data: string[];
}

/** This machine's other checkouts: what runs of them, and what those left behind whose folder is gone. */
export async function inspectCheckouts(
  { env, signal }: HostBase,
  { checkout }: OpenedHost,
  there: readonly Runner[],
): Promise<Finding[]> {
  try {
    const others = listCheckouts(env).filter(({ id }) => id !== checkout.id);
    const looked = await Promise.all(
      others.map(async (other) => ({ other, left: await lookAt(other, there, signal) })),
    );
    return looked.flatMap(({ other, left }) => describe(other, left));
  } catch (thrown) {
    signal.throwIfAborted();
    const { message, hint } = asError(thrown);
    return [{ name: 'checkouts', level: 'warning', text: message, hint }];
  }
}

async function lookAt(
  { id, root, projects }: CheckoutSummary,
  runners: readonly Runner[],
  signal: AbortSignal,
): Promise<Leftovers> {
  const found = await Promise.all(
    runners.flatMap((runner) =>
      projects.map(async (name) => {
        const project = { project: name, checkout: id };
        const [{ instances }, data] = await Promise.all([
          runner.observe(project, signal),
          runner.listData(project, 'all'),
        ]);
        return { instances, data };
      }),
    ),
  );
  const instances = found.flatMap((one) => one.instances);
  return {
    root,
    checkout: id,
    services: instances.map(({ service }) => service),
    running: instances.filter(({ status }) => status === 'running').map(({ service }) => service),
    data: found.flatMap((one) => one.data.map(({ name }) => name)),
  };
}

function describe({ isLiving, projects }: CheckoutSummary, left: Leftovers): Finding[] {
  const { root, checkout, services, running, data } = left;
  const facts = { root, checkout, services, data };
  const name = 'checkouts';
  if (isLiving) {
    if (running.length === 0) return [];
    const text = `${root} (${projects.join(', ')}) runs ${running.join(', ')}`;
    return [{ name, level: 'ok', text, facts }];
  }
  if (services.length + data.length === 0) return [];
  const what = [
    ...(services.length > 0 ? [`services ${services.join(', ')}`] : []),
    ...(data.length > 0 ? [`data ${data.join(', ')}`] : []),
  ].join(' and ');
  return [
    {
      name,
      level: 'warning',
      text: `${root} is gone, and of it there still are ${what}`,
      hint: `Nothing of it is removed by itself; all of it carries the label dev.devservices.checkout=${checkout}.`,
      facts,
    },
  ];
}
