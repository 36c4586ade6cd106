import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import type { Runner } from '../../../core/run/runner.ts';
import { definePlugin } from '../../../core/plugin/define-plugin.ts';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { createFakeRunner, type FakeRunner } from '../../../core/testing/fake-runner.ts';
import { freePorts } from '../../rig/free-ports.ts';
import { column, image, thrownBy } from '../../rig/kernel.ts';
import { openTwoKinds, program } from '../../rig/two-kinds.ts';

const loopback: Runner['address'] = ({ port }, from) => ({
  host: from === 'container' ? 'host.docker.internal' : '127.0.0.1',
  port: port.host,
});

/** Containers and processes whose environment is noted. */
function open(config: Config) {
  const given: Record<string, Readonly<Record<string, string>>> = {};
  const noting = (runner: FakeRunner): FakeRunner => ({
    ...runner,
    normalise(run, context) {
      given[context.service] = context.environment;
      return runner.normalise(run, context);
    },
  });
  const processes = noting({ ...createFakeRunner('process'), address: loopback });
  const { host } = openTwoKinds(config, { processes, runner: noting(createFakeRunner()) });
  return { host, given };
}

const variables = {
  URL: 'http://k@{address.relay.http}/1',
  HOST: '{host.relay.http}',
  PORT: '{port.relay.http}',
  PUBLISHED: '{published.relay.http}',
};

test('a container’s port: by its name for a container, on this machine for a process', async () => {
  const [port] = await freePorts(1);
  const { host, given } = open({
    services: {
      relay: { run: image(), ports: { http: { container: 8090, host: port } } },
      web: { run: image({ environment: variables }), dependsOn: ['relay'] },
      api: { run: program({ environment: variables }), dependsOn: ['relay'] },
      lines: {
        run: image({ environment: ['URL={address.relay.http}'] }),
        dependsOn: { relay: 'started' },
      },
      called: {
        run: program({
          environment: ({ address, published }) => ({
            URL: address('relay.http'),
            PUBLISHED: published('relay.http'),
            KEPT: '{address.relay.http}',
          }),
        }),
        dependsOn: ['relay'],
      },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['web']).toEqual({
    URL: 'http://k@relay:8090/1',
    HOST: 'relay',
    PORT: '8090',
    PUBLISHED: `${port}`,
  });
  expect(given['api']).toEqual({
    URL: `http://k@127.0.0.1:${port}/1`,
    HOST: '127.0.0.1',
    PORT: `${port}`,
    PUBLISHED: `${port}`,
  });
  expect(given['lines']).toEqual({ URL: 'relay:8090' });
  expect(given['called']).toEqual({
    URL: `127.0.0.1:${port}`,
    PUBLISHED: `${port}`,
    KEPT: '{address.relay.http}',
  });
});

test('a process’s port, and that of a container that shares another’s network', async () => {
  const [port, other] = await freePorts(2);
  const { host, given } = open({
    services: {
      relay: { run: program(), ports: { http: port } },
      net: { run: image(), ports: { http: { container: 80, host: other } } },
      web: {
        run: image({
          networkMode: 'service:net',
          environment: { RELAY: '{address.relay.http}', NET: '{address.net.http}' },
        }),
        dependsOn: ['relay'],
      },
    },
  });
  await using _ = host;
  await host.up();
  expect(given['web']).toEqual({ RELAY: `host.docker.internal:${port}`, NET: 'net:80' });
});

test('an excluded dependency has its address; one that takes no part leaves the variable out', async () => {
  const [port] = await freePorts(1);
  const config = (relay: object): Config => ({
    services: {
      relay: { run: image(), ports: { http: { container: 80, host: port } }, ...relay },
      web: {
        run: image({ environment: { URL: '{address.relay.http}', OWN: 'yes' } }),
        dependsOn: { relay: { condition: 'started', required: false } },
      },
    },
  });
  const excluded = open(config({}));
  await using _ = excluded.host;
  await excluded.host.up({ exclude: ['relay'] });
  expect(excluded.given['web']).toEqual({ URL: 'relay:80', OWN: 'yes' });

  const off = open(config({ profiles: ['relay'] }));
  await using second = off.host;
  const { services } = await second.up();
  expect(column({ services }, 'state')).toMatchObject({ web: 'ready' });
  expect(off.given['web']).toEqual({ OWN: 'yes' });
  expect(await off.host.host.exports()).toEqual({});
});

test('another address of the dependency is a change of who was told it', async () => {
  const [one, two] = await freePorts(2);
  const config = (port: number | undefined): Config => ({
    services: {
      relay: { run: image(), ports: { http: { container: 80, host: port ?? 0 } } },
      api: { run: image({ environment: { P: '{published.relay.http}' } }), dependsOn: ['relay'] },
    },
  });
  const { host } = open(config(one));
  await using _ = host;
  await host.up();
  await using again = host.again(config(one));
  expect(column(await again.up(), 'action')).toMatchObject({ api: 'unchanged' });
  await using moved = host.again(config(two));
  expect((await moved.up()).services['api']).toMatchObject({
    action: 'recreated',
    reason: { text: expect.stringContaining('environment.P') as string },
  });
});

test.each([
  ['a port that is not there', 'relay.htp', 'Did you mean "relay.http"?'],
  ['a service that it does not depend on', 'far.http', 'There are: own, relay.http.'],
])('%s in a function is the user’s to mend, and nothing starts', async (_what, port, text) => {
  const { host } = open({
    services: {
      relay: { run: image(), ports: { http: { container: 80, host: 'auto' } } },
      far: { run: image(), ports: { http: { container: 80, host: 'auto' } } },
      api: {
        run: image({ environment: ({ address }) => ({ URL: address(port) }) }),
        ports: { own: { container: 81, host: 'auto' } },
        dependsOn: ['relay'],
      },
    },
  });
  await using _ = host;
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_PORT_UNKNOWN');
  expect(error.message).toContain(`api has no port "${port}"`);
  expect(error.message).toContain(text);
  expect(resolveExitCode(asErrors(error))).toBe(2);
  expect(host.runner.calls).toEqual(['observe']);
});

test('what a plugin put there for its user is the user’s too', async () => {
  const teller = definePlugin({
    name: 'teller',
    setup: ({ hooks }) =>
      hooks.configure.tap('teller', ({ config }) => {
        config.services['api'] = {
          run: { docker: image({ environment: { URL: '{address.relay.htp}' } }) },
          dependsOn: ['relay'],
        };
      }),
  });
  const { host } = open({
    plugins: [teller],
    services: {
      relay: { run: image(), ports: { http: { container: 80, host: 'auto' } } },
      api: { run: image() },
    },
  });
  await using _ = host;
  const error = await thrownBy(host.up());
  expect(error['code']).toBe('DS_PORT_UNKNOWN');
  expect(resolveExitCode(asErrors(error))).toBe(2);
});
