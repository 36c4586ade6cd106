import { afterAll, afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { createCheckout } from '../rig/checkout.ts';
import { findGcloud, gcloudTests } from '../rig/find-gcloud.ts';
import { freePorts } from '../rig/free-ports.ts';
import { askPort, isOpen } from '../rig/loopback-ports.ts';
import { openRemoteEngine } from '../rig/remote-engine.ts';
import { openSshDoor } from '../rig/ssh-door.ts';
import {
  createWorkstationsCheckout,
  type WorkstationsCheckout,
} from '../rig/workstations-checkout.ts';

const remote = findGcloud() === null ? null : await openRemoteEngine();

describe.skipIf(remote === null)(`${gcloudTests}: the engine of a workstation`, () => {
  if (!remote) return;
  const { images, ssh } = remote;
  let checkout: WorkstationsCheckout;
  beforeEach(async () => {
    checkout = await createWorkstationsCheckout();
  });
  afterEach(async () => {
    const containers = createCheckout(remote, { beside: checkout });
    await containers[Symbol.asyncDispose]();
    await checkout[Symbol.asyncDispose]();
  });
  afterAll(() => remote.close());

  test('runs the services where it runs, with their ports here; a stopped one is not started', async () => {
    const [port] = await freePorts(1);
    const door = await openSshDoor(ssh.inside);
    onTestFinished(() => door.close());
    const { api, environment, programs } = checkout;
    api.lead(22, door.port);
    const key = programs({ ssh: `exec /usr/bin/ssh -o IdentityFile=${ssh.identityFile} "$@"` });
    const env = { ...environment, PATH: `${key}:${process.env['PATH']}`, DOCKER_HOST: undefined };
    checkout.write({
      'devservices.config.ts': `
        import { container, defineConfig } from 'devservices';
        import { workstations } from 'devservices/plugins/workstations';
        export default defineConfig({
          engine: 'workstation://box',
          plugins: [workstations({ gcloud: { project: 'acme', user: 'root', folder: '/tmp' } })],
          services: {
            redis: {
              run: container({ image: '${images.redis}' }),
              ports: { redis: { container: 6379, host: ${port} } },
            },
          },
        });`,
    });
    const up = () => checkout.task('up', ['--json'], { env });

    api.put('box', { state: 'STATE_STOPPED' });
    const stopped = await up();
    expect(stopped.exitCode, stopped.stderr).toBe(3);
    expect(stopped.finished.errors[0]).toMatchObject({ code: 'DS_WORKSTATION_NOT_RUNNING' });
    expect(stopped.finished.errors[0]?.hint).toContain('devservices workstations start box');
    expect(api.callsOf('start')).toEqual([]);

    api.put('box', { state: 'STATE_RUNNING' });
    const first = await up();
    expect(first.finished, first.stderr).toMatchObject({
      ok: true,
      services: { redis: { state: 'ready', endpoints: { redis: { host: '127.0.0.1', port } } } },
    });
    expect(await askPort(port, 'PING\r\n')).toBe('+PONG\r\n');
    const second = await up();
    expect(second.finished.services['redis'], second.stderr).toMatchObject({ action: 'unchanged' });

    const down = await checkout.task('down', ['--json'], { env });
    expect(down.finished).toMatchObject({ ok: true });
    expect(await isOpen(port)).toBe(false);
    // The way there is everybody's, and stays until it is stopped.
    const stop = await checkout.task('workstations', ['tunnels', 'stop', 'box'], { env });
    expect(stop.exitCode, stop.stderr).toBe(0);
    expect(checkout.living()).toEqual([]);
  });
});
