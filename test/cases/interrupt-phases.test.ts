import { describe, expect, test } from 'vitest';
import { createCheckout, type Checkout, type Ran } from '../rig/checkout.ts';
import { type EngineProxy, type EngineRequest, startEngineProxy } from '../rig/engine-proxy.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

interface Phase {
  what: string;
  /** The request to the engine that is never answered; the signal follows when it has come. */
  held?: (request: EngineRequest) => boolean;
  /** Or what is printed when it is time. */
  until?: string;
  /** Parts of the configuration that make it wait there. */
  hook?: string;
  service?: string;
  /** Services that were started by then, and stay. */
  left: readonly string[];
  signal?: 'SIGINT' | 'SIGTERM';
  times?: number;
}

const post = (path: RegExp) => (request: EngineRequest) =>
  request.method === 'POST' && path.test(request.path);
const createOf = (service: string) => (request: EngineRequest) =>
  request.path === '/containers/create' && (request.query['name'] ?? '').endsWith(`_${service}`);
const tap = (hook: string) =>
  `hooks.${hook}.tap('slow', () => { log.info('is there'); return new Promise(() => {}); });`;
const inHook = { until: 'is there' };

const phases: readonly Phase[] = [
  { what: 'a configure hook', hook: tap('configure'), ...inHook, left: [] },
  { what: 'a beforeUp hook', hook: tap('beforeUp'), ...inHook, left: [] },
  { what: 'the look at what there is', held: ({ path }) => path === '/containers/json', left: [] },
  { what: 'the network being made', held: post(/^\/networks\/create$/), left: [] },
  { what: 'a pull', held: post(/^\/images\/create$/), left: [] },
  { what: 'a container being created', held: createOf('db'), left: [] },
  { what: 'a container being created', held: createOf('db'), left: [], times: 2 },
  { what: 'a container being created', held: createOf('db'), left: [], signal: 'SIGTERM' },
  { what: 'a start request', held: post(/\/start$/), left: [] },
  { what: 'a start request', held: post(/\/start$/), left: [], times: 2 },
  {
    what: 'a wait for readiness',
    service: "ready: ready.command(['false']),",
    until: '"probe-failed"',
    left: ['db'],
  },
  {
    what: 'a probe that gets no answer',
    service: "ready: ready.command(['true']),",
    held: post(/^\/exec\/\w+\/start$/),
    left: ['db'],
  },
  {
    what: 'a serviceReady hook',
    hook: tap("serviceReady.for('db')"),
    ...inHook,
    left: ['db'],
  },
  {
    what: 'an onReady step',
    service: 'onReady: () => new Promise(() => {}),',
    until: '"on-ready"',
    left: ['db'],
    times: 2,
  },
  { what: 'an afterHealth hook', hook: tap('afterHealth'), ...inHook, left: ['db', 'next'] },
];

describe.skipIf(engine === null)('Ctrl-C in each phase of `up`', () => {
  if (!engine) return;
  const { tools } = engine.images;
  const configText = ({ hook = '', service = '', what }: Partial<Phase>) => `
import { container, defineConfig, definePlugin, ready } from 'devservices';
const slow = definePlugin({ name: 'slow', setup({ hooks, log }) { ${hook} } });
const image = '${what === 'a pull' ? '127.0.0.1:9/devservices-test/slow:1' : tools}';
const run = { command: ['sleep', '1000'], stopSignal: 'SIGKILL' };
export default defineConfig({
  plugins: [slow],
  services: {
    db: { run: container({ ...run, image, volumes: ['data:/data'] }), ${service} },
    next: { run: container({ ...run, image: '${tools}' }), dependsOn: ['db'] },
  },
});
`;

  test.each(phases.map((phase) => ({ signal: 'SIGINT' as const, times: 1, ...phase })))(
    '$what, $signal × $times: it ends at once, nothing half-made stays, a later `up` converges',
    async (phase) => {
      const proxy = await startEngineProxy({ target: engine.socketPath });
      await using checkout = createCheckout({ ...engine, url: proxy.url });
      try {
        checkout.write({ 'devservices.config.ts': configText(phase) });
        // While the request is held, nobody but us can be who ends.
        const { exitCode, finished, stderr } = await interrupt(checkout, proxy, phase);
        expect(exitCode, stderr).toBe(phase.signal === 'SIGTERM' ? 143 : 130);
        expect(stderr, 'nothing hangs at the end').not.toContain('was to be undone');
        expect(finished).toMatchObject({ event: 'up-finished', ok: false, exitCode });
        const left = await checkout.containers();
        expect(Object.keys(left).toSorted()).toEqual(phase.left);
        for (const id of Object.values(left)) {
          expect((await checkout.docker.getContainer(id).inspect()).State.Running).toBe(true);
        }
        const volumes = await madeVolumes(checkout);

        proxy.reset();
        checkout.write({ 'devservices.config.ts': configText({}) });
        const later = await checkout.task('up', ['--json']);
        expect(later.exitCode, later.stderr).toBe(0);
        expect(later.finished.services).toMatchObject({
          db: { state: 'ready', action: 'db' in left ? 'unchanged' : 'created' },
          next: { state: 'ready', action: 'next' in left ? 'unchanged' : 'created' },
        });
        const now = await checkout.containers();
        expect(Object.keys(now).toSorted()).toEqual(['db', 'next']);
        expect(now).toMatchObject(left);
        expect(await madeVolumes(checkout)).toMatchObject(volumes);
      } finally {
        await proxy.close();
      }
    },
  );
});

function interrupt(checkout: Checkout, proxy: EngineProxy, phase: Phase): Promise<Ran> {
  const { held, until, signal = 'SIGINT', times = 1 } = phase;
  let send: ((signal: NodeJS.Signals) => void) | undefined;
  let all = '';
  let isTime = false;
  let sent = 0;
  const sendOnce = (): void => {
    isTime = true;
    if (sent > 0 || !send) return;
    sent += 1;
    send(signal);
  };
  if (held) {
    proxy.fault((request) => (held(request) ? 'hang' : undefined));
    void proxy.seen(held).then(sendOnce);
  }
  const listen = (text: string, kill: (signal: NodeJS.Signals) => void): void => {
    send = kill;
    all += text;
    if (isTime || (until !== undefined && all.includes(until))) sendOnce();
    // Pressed again as soon as the first was heard.
    if (sent > 0 && sent < times && all.includes('Stopping')) {
      sent += 1;
      kill(signal);
    }
  };
  return checkout.task('up', ['--json'], { onOutput: listen, onError: listen });
}

/** When each volume of the checkout's project was made, by name. */
async function madeVolumes({ docker, root }: Checkout): Promise<Record<string, string>> {
  const project = root.split('/').at(-1) ?? '';
  const filters = { label: [`dev.devservices.project=${project}`] };
  const { Volumes } = await docker.listVolumes({ filters });
  return Object.fromEntries(
    Volumes.map((volume) => [volume.Name, (volume as { CreatedAt?: string }).CreatedAt ?? '']),
  );
}
