import { describe, expect, test } from 'vitest';
import { DevServicesError } from '../../../core/errors/error.ts';
import { createAwakener, type Awakening } from '../../../core/lifecycle/start-engine.ts';
import type { Starter } from '../../../core/run/runner.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createFakeRunner } from '../../../core/testing/fake-runner.ts';
import { createTestHost } from '../../../core/testing/test-host.ts';
import { codesOf, column, image, messages, thrownBy } from '../../rig/kernel.ts';

const away = new DevServicesError({
  code: 'DS_DOCKER_UNREACHABLE',
  blame: 'environment',
  message: 'No engine answers.\n  /run/e.sock: there is no such socket',
  hint: 'Start one.',
});

function createAway(start: (there: () => void) => Promise<void> = async (there) => there()) {
  const runner = createFakeRunner();
  runner.setAvailable(away);
  let starts = 0;
  const starter: Starter = {
    what: 'Colima',
    command: 'colima start',
    start() {
      starts += 1;
      return start(() => runner.setAvailable(undefined));
    },
  };
  Object.assign(runner, { findStarter: async () => starter });
  return { runner, starts: () => starts };
}

function createAwakening(changed: Partial<Awakening> = {}) {
  const clock = createFakeClock();
  const said: string[] = [];
  const say = (text: string) => void said.push(text);
  const awakening: Awakening = {
    start: 'auto',
    ask: undefined,
    log: { debug: say, info: say, warn: say, error: say },
    clock,
    signal: new AbortController().signal,
    ...changed,
  };
  return { awaken: createAwakener(awakening), clock, said };
}

describe('an engine that does not run', () => {
  test('is started without a question where the configuration says so, once for all services', async () => {
    const { runner, starts } = createAway();
    const { awaken, said } = createAwakening();
    expect(await Promise.all([awaken(runner), awaken(runner)])).toEqual([
      { available: true },
      { available: true },
    ]);
    expect(starts()).toBe(1);
    expect(said).toEqual(['Starting Colima: `colima start`']);
  });

  test('is started when the user agrees, who is told why and how', async () => {
    const { runner, starts } = createAway();
    const asked: string[] = [];
    const ask = async (question: string): Promise<boolean> => asked.push(question) > 0;
    const { awaken } = createAwakening({ start: 'ask', ask });
    expect(await awaken(runner)).toEqual({ available: true });
    expect(asked).toEqual(['No engine answers. Start Colima (`colima start`)?']);
    expect(starts()).toBe(1);
  });

  test.each([
    [
      'declined',
      { start: 'ask', ask: async (): Promise<boolean> => false },
      'Start Colima by `colima start`.',
    ],
    [
      'with nobody to ask',
      { start: 'ask', ask: (): undefined => undefined },
      'Start Colima by `colima start`, or let it be started: --set engine.start=auto.',
    ],
    ['never', { start: 'never' }, 'Start one.'],
  ] as const)('%s: nothing is started, and the hint says the way', async (_, changed, hint) => {
    const { runner, starts } = createAway();
    const found = await createAwakening(changed).awaken(runner);
    expect(found).toMatchObject({
      available: false,
      error: { code: 'DS_DOCKER_UNREACHABLE', blame: 'environment', message: away.message, hint },
    });
    expect(starts()).toBe(0);
  });

  test('that nobody knows how to start stays an error of its runner', async () => {
    const runner = createFakeRunner();
    runner.setAvailable(away);
    expect(await createAwakening().awaken(runner)).toEqual({ available: false, error: away });
  });

  test('is waited for 90 s, with a word each 10, and then the wait is over', async () => {
    const { runner } = createAway(() => new Promise(() => {}));
    const { awaken, clock, said } = createAwakening();
    const failure = thrownBy(awaken(runner));
    await clock.advance(25_000);
    expect(said.slice(1)).toEqual([
      'Waiting for Colima, 10 s of 90 s.',
      'Waiting for Colima, 20 s of 90 s.',
    ]);
    await clock.advance(70_000);
    expect(await failure).toMatchObject({ code: 'DS_ENGINE_NOT_STARTED', blame: 'environment' });
    expect((await failure).message).toMatch(/does not answer after 1 m 30 s.*\/run\/e.sock/s);
    expect(clock.sleeping).toBe(0);
  });

  test('is taken as soon as it answers, also while its command still runs', async () => {
    const { runner } = createAway(() => new Promise(() => {}));
    const { awaken, clock } = createAwakening();
    const found = awaken(runner);
    await clock.advance(3000);
    runner.setAvailable(undefined);
    await clock.advance(1000);
    expect(await found).toEqual({ available: true });
  });

  test('whose command fails is not waited for', async () => {
    const { runner } = createAway(() => Promise.reject(new Error('it ended with 1: no such unit')));
    const { awaken, clock } = createAwakening();
    const failure = thrownBy(awaken(runner));
    await clock.advance(1000);
    expect(await failure).toMatchObject({ code: 'DS_ENGINE_NOT_STARTED' });
    expect((await failure).message).toContain('no such unit');
  });

  test('an interrupt ends the wait', async () => {
    const stop = new AbortController();
    const { runner } = createAway(() => new Promise(() => {}));
    const { awaken, clock } = createAwakening({ signal: stop.signal });
    const failure = thrownBy(awaken(runner));
    await clock.advance(3000);
    stop.abort(new Error('interrupted'));
    expect((await failure).message).toBe('interrupted');
  });
});

describe('up', () => {
  const config = { services: { db: { run: image() } } };

  test('starts it, and goes on', async () => {
    const { runner, starts } = createAway();
    const given = { ...config, engine: { start: 'auto' as const } };
    await using own = createTestHost({ config: given, runner });
    expect(column(await own.up(), 'state')).toEqual({ db: 'ready' });
    expect(starts()).toBe(1);
    expect(messages(own)).toContain('Starting Colima: `colima start`');
  });

  test('offers it for a pinned run that is away, before it names another', async () => {
    const { runner, starts } = createAway();
    const given = {
      services: { db: { run: { one: image(), other: image() } } },
      engine: { start: 'auto' as const },
    };
    await using own = createTestHost({ config: given, runner });
    expect(column(await own.up(), 'runner')).toEqual({ db: 'one' });
    runner.setAvailable(away);
    const again = own.again(given);
    expect(column(await again.up(), 'state')).toEqual({ db: 'ready' });
    expect(starts()).toBe(2);
    runner.setAvailable(away);
    const never = own.again({ ...given, engine: { start: 'never' as const } });
    expect(await codesOf(never.up())).toEqual(['DS_RUN_UNAVAILABLE']);
  });

  test('alone starts engines: down, status and logs do not', async () => {
    const { runner, starts } = createAway();
    const given = { ...config, engine: { start: 'auto' as const } };
    await using own = createTestHost({ config: given, runner });
    expect(await codesOf(own.host.status())).toEqual(['DS_DOCKER_UNREACHABLE']);
    expect(await codesOf(own.host.down({}))).toEqual(['DS_DOCKER_UNREACHABLE']);
    expect(starts()).toBe(0);
  });
});
