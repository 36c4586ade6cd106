import type { ServiceStats } from 'devservices/machine';
import { expect, test } from 'vitest';
import { createFakeClock } from '../../../../core/testing/fake-clock.ts';
import { createCpuMeter } from '../../../../plugins/control-api/routes/cpu-meter.ts';

/** Instances that use a share of a core each, by id, until told otherwise. */
function meter(shares: Record<string, number>) {
  const clock = createFakeClock();
  let looks = 0;
  const used: Record<string, number> = {};
  const cpu = createCpuMeter({
    clock,
    signal: new AbortController().signal,
    async look(): Promise<ServiceStats[]> {
      looks += 1;
      return Object.keys(shares).map((id) => ({
        service: id,
        id,
        runner: 'docker',
        at: new Date(clock.now()).toISOString(),
        cpuMs: used[id] ?? 0,
        memoryBytes: 1,
        memoryLimitBytes: null,
        networkReceivedBytes: null,
        networkSentBytes: null,
        processes: null,
      }));
    },
  });
  const pass = async (ms: number) => {
    for (const [id, share] of Object.entries(shares)) {
      used[id] = (used[id] ?? 0) + (ms * share) / 100;
    }
    await clock.advance(ms);
  };
  const percents = async () =>
    Object.fromEntries((await cpu.read()).map(({ id, cpuPercent }) => [id, cpuPercent]));
  /** The same, with the time that a second look waits for. */
  const patiently = async () => {
    const reading = percents();
    await pass(250);
    return reading;
  };
  return { percents, patiently, pass, used, shares, looks: () => looks };
}

test('the first time there are two looks a quarter of a second apart', async () => {
  const { patiently, looks } = meter({ idle: 0, half: 50, four: 400 });
  expect(await patiently()).toEqual({ idle: 0, half: 50, four: 400 });
  expect(looks()).toBe(2);
});

test('who looks again is told of the time since', async () => {
  const { patiently, percents, pass, shares, looks } = meter({ db: 50 });
  await patiently();
  shares['db'] = 10;
  await pass(2000);
  expect(await percents()).toEqual({ db: 10 });
  shares['db'] = 30;
  await pass(60_000);
  expect(await percents()).toEqual({ db: 30 });
  expect(looks()).toBe(4);
});

test('looks that follow one another at once count together', async () => {
  const { patiently, percents, pass, looks } = meter({ db: 80 });
  await patiently();
  await pass(100);
  expect(await patiently()).toEqual({ db: 80 });
  await pass(150);
  await patiently();
  await pass(200);
  expect(await percents()).toEqual({ db: 80 });
  expect(looks()).toBe(7);
});

test('a look of long ago tells nothing', async () => {
  const { patiently, pass, shares, looks } = meter({ db: 50 });
  await patiently();
  await pass(60_001);
  shares['db'] = 20;
  expect(await patiently()).toEqual({ db: 20 });
  expect(looks()).toBe(4);
});

test('an instance that began anew counts from its beginning, and one that is new later is not known yet', async () => {
  const { patiently, pass, used, shares } = meter({ db: 50 });
  await patiently();
  await pass(1000);
  used['db'] = 0;
  expect(await patiently()).toEqual({ db: 50 });
  const { patiently: next, shares: more, used: begun } = meter({ db: 50 });
  const reading = (async () => next())();
  more['late'] = 0;
  begun['late'] = 0;
  expect(await reading).toEqual({ db: 50, late: null });
  expect(Object.keys(shares)).toEqual(['db']);
});
