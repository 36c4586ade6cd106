import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { DevServicesError } from '../../../core/errors/error.ts';
import { ready } from '../../../core/readiness/readiness.ts';
import { createFakeRunner, type FakeRunner } from '../../../core/testing/fake-runner.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, messages, saw, told } from '../../rig/kernel.ts';
import { openTwoKinds, program } from '../../rig/two-kinds.ts';

const at = '172.18.0.1';
const taken = new DevServicesError({
  code: 'DS_TEST_TAKEN',
  blame: 'environment',
  message: 'Somebody holds the port.',
  hint: 'Stop it.',
});

/** Containers that arrive at a gateway, and processes that relay. */
function open(config: Config, gateway: string | null = at) {
  const runner = createFakeRunner('container', { gateway });
  const processes = createFakeRunner('process', { relays: true, tends: true });
  return openTwoKinds(config, { runner, processes });
}

async function webOnApi(condition: 'ready' | 'started' = 'ready'): Promise<Config> {
  const [port, events] = await freePorts(2);
  return {
    services: {
      api: { run: program(), ports: { http: port, events }, ready: ready.command(['check']) },
      web: { run: image(), dependsOn: { api: condition } },
      other: { run: image(), dependsOn: { api: condition } },
    },
  };
}

const relaysOf = ({ calls }: FakeRunner, from = 0) =>
  calls.slice(from).filter((call) => call.startsWith('relay'));
const both = [`relay api http at ${at}`, `relay api events at ${at}`];

test('each port of a process is relayed to the gateway before it is ready, and the gateway asked once', async () => {
  await using kinds = open(await webOnApi());
  const { host, processes } = kinds;
  const outcome = await host.up();
  expect(column(outcome, 'state')).toEqual({ api: 'ready', web: 'ready', other: 'ready' });
  expect([...new Set(relaysOf(processes))].toSorted()).toEqual(both.toSorted());
  expect(host.runner.calls.filter((call) => call === 'gateway')).toHaveLength(1);
  expect(processes.calls.indexOf('start api')).toBeLessThan(processes.calls.indexOf(both[0] ?? ''));
  const lines = told(host.events);
  expect(lines.indexOf('phase-ended relay api')).toBeLessThan(lines.indexOf('ready api'));
  expect(lines[lines.indexOf('ready api') + 1]).toMatch(/^starting (?:web|other)$/);
});

test('what is unchanged is relayed as well: what did so may have been killed', async () => {
  await using kinds = open(await webOnApi());
  await kinds.host.up();
  await kinds.host.host.close();
  const from = kinds.processes.calls.length;
  await using again = kinds.host.again();
  const outcome = await again.up();
  expect(column(outcome, 'action')).toEqual({
    api: 'unchanged',
    web: 'unchanged',
    other: 'unchanged',
  });
  expect(new Set(relaysOf(kinds.processes, from))).toEqual(new Set(both));
});

test('who does not wait until it is ready has it relayed ahead', async () => {
  await using kinds = open(await webOnApi('started'));
  kinds.processes.setExec('api', { exitCode: 1, output: 'not yet' });
  const up = kinds.host.up();
  await saw(kinds.host, 'ready web');
  expect(new Set(relaysOf(kinds.processes))).toEqual(new Set(both));
  kinds.processes.exit('api', 1);
  await up;
});

test('a dependency that is left out of this up is relayed all the same', async () => {
  await using kinds = open(await webOnApi());
  await kinds.host.up();
  await kinds.host.host.close();
  const from = kinds.processes.calls.length;
  await using again = kinds.host.again();
  await again.up({ services: ['web'], noDeps: true });
  expect(relaysOf(kinds.processes, from)).toEqual(both);
});

test.each(['ready', 'started'] as const)(
  'a relay that fails is the failure of who needs it (%s), and of nobody else',
  async (condition) => {
    await using kinds = open(await webOnApi(condition));
    const { host, processes } = kinds;
    processes.failOn(both[0] ?? '', taken);
    const outcome = await host.up();
    expect(column(outcome, 'state')).toEqual({ api: 'ready', web: 'failed', other: 'failed' });
    expect(outcome.services['web']?.error).toMatchObject({ code: 'DS_TEST_TAKEN' });
    expect(host.runner.calls).not.toContain('start web');
  },
);

test('a relay that fails for what runs unchanged is told as its failure', async () => {
  await using kinds = open(await webOnApi());
  await kinds.host.up();
  await kinds.host.host.close();
  kinds.processes.failOn(both[1] ?? '', taken);
  await using again = kinds.host.again();
  expect(column(await again.up(), 'state')).toEqual({
    api: 'ready',
    web: 'failed',
    other: 'failed',
  });
});

test('what runs unchanged is not failed by a process that does not come up', async () => {
  await using kinds = open(await webOnApi());
  await kinds.host.up();
  await kinds.host.host.close();
  kinds.processes.change('api', { status: 'exited', exitCode: 1 });
  kinds.processes.failOn('start api', taken);
  await using again = kinds.host.again();
  expect(column(await again.up(), 'state')).toEqual({
    api: 'failed',
    web: 'ready',
    other: 'ready',
  });
});

test('nothing is relayed where nobody needs it: no gateway, no container, no port', async () => {
  await using reached = open(await webOnApi(), null);
  await reached.host.up();
  expect(relaysOf(reached.processes)).toEqual([]);
  const [port] = await freePorts(1);
  await using alone = open({
    services: {
      api: { run: program(), ports: { http: port } },
      worker: { run: program(), dependsOn: ['api'] },
      mute: { run: program() },
      web: { run: image(), dependsOn: ['mute'] },
    },
  });
  await alone.host.up();
  expect(relaysOf(alone.processes)).toEqual([]);
  expect(alone.host.runner.calls).not.toContain('gateway');
  expect(messages(alone.host)).toEqual([]);
});

test('each runner of the plan tends what it left alone, once, before anything moves, also in a no-op', async () => {
  await using kinds = open(await webOnApi());
  await kinds.host.up();
  const acts = kinds.processes.calls.filter((call) => call !== 'observe');
  expect(acts.slice(0, 2)).toEqual(['tend', 'ensure project']);
  expect(acts.filter((call) => call === 'tend')).toHaveLength(1);
  await kinds.host.host.close();
  const from = kinds.processes.calls.length;
  await using again = kinds.host.again();
  await again.up();
  const calls = kinds.processes.calls.slice(from).filter((call) => !call.startsWith('relay'));
  expect(calls).toEqual(['observe', 'tend']);
});
