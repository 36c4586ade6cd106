import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import type { TakenPort } from '../../../core/plan/check-ports.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, thrownBy } from '../../rig/kernel.ts';

const servers: Server[] = [];
afterEach(() =>
  Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))),
);

async function hold(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
}

const withPorts = (ports: Record<string, number | 'auto'>): Config => ({
  services: Object.fromEntries(
    Object.entries(ports).map(([name, host]) => [
      name,
      { run: image(), ports: { p: { container: 80, host } } },
    ]),
  ),
});
const portOf = async (host: TestHost, service: string, options = {}) =>
  (await host.up(options)).services[service]?.endpoints['p']?.port;

test('ports that strangers hold are told all at once, with who holds them, before anything starts', async () => {
  const [a, b, c] = await freePorts(3);
  await Promise.all([hold(a), hold(b)]);
  await using host = createTestHost({ config: withPorts({ a, b, c }) });
  const error = await thrownBy(host.up());
  const errors = asErrors(error);
  expect(errors.map(({ code }) => code)).toEqual(['DS_PORT_TAKEN', 'DS_PORT_TAKEN']);
  expect(errors[0]?.message).toContain(`a needs port ${a} of this machine, which `);
  expect(errors[0]?.message).toContain(`(pid ${process.pid}, on 127.0.0.1)`);
  expect(errors[1]?.message).toContain(String(b));
  expect(resolveExitCode(errors)).toBe(3);
  expect(host.runner.calls).toEqual(['observe']);
});

test('reassign takes another and keeps it', async () => {
  const [a] = await freePorts(1);
  await hold(a);
  const config = withPorts({ a });
  await using host = createTestHost({ config });
  const other = await portOf(host, 'a', { ports: 'reassign' });
  expect(other).not.toBe(a);
  await host.host.close();
  const again = host.again();
  const outcome = await again.up();
  expect(column(outcome, 'action')).toEqual({ a: 'unchanged' });
  expect(outcome.services['a']?.endpoints['p']?.port).toBe(other);
  await again.host.close();
});

test('who asks is told everything that is taken, and decides', async () => {
  const [a, b] = await freePorts(2);
  await hold(a);
  await using host = createTestHost({ config: withPorts({ a, b }) });
  const seen: TakenPort[] = [];
  const ports = async (taken: readonly TakenPort[]) => {
    seen.push(...taken);
    return 'reassign' as const;
  };
  const { services } = await host.up({ ports });
  expect(seen).toEqual([{ service: 'a', port: 'p', number: a, holder: expect.any(String) }]);
  expect(services['a']?.endpoints['p']?.port).not.toBe(a);
  expect(services['b']?.endpoints['p']?.port).toBe(b);
});

test('`auto` takes one and keeps it', async () => {
  await using host = createTestHost({ config: withPorts({ a: 'auto' }) });
  const port = await portOf(host, 'a');
  expect(port).toBeGreaterThanOrEqual(20_000);
  await host.host.close();
  const again = host.again();
  expect(await portOf(again, 'a', { recreate: true })).toBe(port);
  await again.host.close();
});

test('what our own instance holds is no conflict, also when it is made anew', async () => {
  const [a] = await freePorts(1);
  await using host = createTestHost({ config: withPorts({ a }) });
  await host.up();
  await hold(a);
  await host.host.close();
  const again = host.again();
  const outcome = await again.up({ recreate: true });
  expect(outcome.services['a']).toMatchObject({
    action: 'recreated',
    endpoints: { p: { port: a } },
  });
  await again.host.close();
});

test('a second checkout gets another port, and keeps it', async () => {
  const [a] = await freePorts(1);
  const config = withPorts({ a });
  await using first = createTestHost({ config });
  const env = { XDG_STATE_HOME: `${first.root}/.state` };
  expect(await portOf(first, 'a')).toBe(a);
  await using second = createTestHost({ config, env });
  const other = await portOf(second, 'a');
  expect(other).not.toBe(a);
  await second.host.close();
  const again = second.again();
  expect(await portOf(again, 'a')).toBe(other);
  await again.host.close();
});
