import { afterAll, describe, expect, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('restart', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const { docker } = checkout;
  const run = (command: string) => ({
    kind: 'container',
    image: engine.images.tools,
    command: ['sh', '-c', command],
    init: true,
  });
  // Ready 400 ms after each start, and it says so once more as it ends: an old line must not count.
  const talker = run(
    `trap 'echo "it is ready"; exit 0' TERM; sleep 0.4; echo "it is ready"; while :; do sleep 0.05; done`,
  );
  const services = {
    db: { run: talker, ready: { kind: 'log', pattern: 'it is ready' } },
    api: { run: run('sleep 1000'), dependsOn: { db: { condition: 'ready', restart: true } } },
    web: { run: run('sleep 1000'), dependsOn: ['api'] },
  };
  checkout.write({ 'devservices.config.json': JSON.stringify({ services }) });
  afterAll(() => checkout[Symbol.asyncDispose]());

  const startsOf = async (): Promise<Record<string, number>> => {
    const entries = Object.entries(await checkout.containers()).map(async ([name, id]) => {
      const { State } = await docker.getContainer(id).inspect();
      return [name, Date.parse(State.StartedAt)] as const;
    });
    return Object.fromEntries(await Promise.all(entries));
  };

  test('the same containers, in graph order, ready again: who follows follows', async () => {
    await checkout.task('up');
    const [ids, before] = [await checkout.containers(), await startsOf()];
    const { exitCode, finished, json } = await checkout.task('restart', ['db', '--json']);
    expect(exitCode).toBe(0);
    expect(finished.services).toMatchObject({
      db: { state: 'ready', action: 'started', reason: { code: 'restarted' } },
      api: { state: 'ready', action: 'started', reason: { code: 'restarted' } },
    });
    expect(finished.services['db']?.elapsedMs).toBeGreaterThan(400);
    expect(await checkout.containers()).toEqual(ids);
    const after = await startsOf();
    expect(after['web']).toBe(before['web']);
    expect(after['db']).toBeGreaterThan(before['db'] ?? 0);
    const states = json.flatMap((event) =>
      event.event === 'service-state' && event.state !== 'pending'
        ? `${event.state} ${event.service}`
        : [],
    );
    expect(states.slice(0, 2)).toEqual(['stopped api', 'stopped db']);
    expect(states.indexOf('ready db')).toBeLessThan(states.indexOf('starting api'));
  });

  test('what does not run is started, and what changed is made anew with its reason', async () => {
    const { db = '', web = '' } = await checkout.containers();
    await docker.getContainer(web).stop();
    const changed = { ...services, db: { ...services.db, run: { ...talker, hostname: 'other' } } };
    checkout.write({ 'devservices.config.json': JSON.stringify({ services: changed }) });
    const { finished } = await checkout.task('restart', ['db', 'web', '--json']);
    expect(finished.services).toMatchObject({
      db: { state: 'ready', action: 'recreated', reason: { text: 'hostname changed' } },
      web: { state: 'ready', action: 'started', reason: { code: 'not-running' } },
    });
    expect((await checkout.containers())['db']).not.toBe(db);
  });

  test('Ctrl-C in the middle: 130, and the next up starts what was stopped', async () => {
    const ids = await checkout.containers();
    let isSent = false;
    const { exitCode } = await checkout.task('restart', ['--json'], {
      onOutput(text, kill) {
        if (isSent || !text.includes('"stopped"')) return;
        isSent = true;
        kill('SIGINT');
      },
    });
    expect(exitCode).toBe(130);
    const { finished } = await checkout.task('up', ['--json']);
    expect(Object.values(finished.services).map(({ state }) => state)).toEqual([
      'ready',
      'ready',
      'ready',
    ]);
    expect(await checkout.containers()).toEqual(ids);
  });

  test('two projects side by side: neither touches the other', async () => {
    const other = createCheckout(engine);
    other.write({ 'devservices.config.json': JSON.stringify({ services: { db: services.db } }) });
    await other.task('up');
    const { db = '' } = await other.containers();
    const before = (await docker.getContainer(db).inspect()).State;
    expect((await checkout.task('restart')).exitCode).toBe(0);
    expect((await docker.getContainer(db).inspect()).State).toEqual(before);
    await other[Symbol.asyncDispose]();
  });
});
