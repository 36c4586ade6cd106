import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Target } from 'devservices/runner';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDockerRunner } from '../../../plugins/docker/runner/docker-runner.ts';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { createCaseProject, never } from './case-project.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('the gateway of a project’s network', () => {
  const { socketPath = '', images } = engine ?? {};
  const tools = images?.tools ?? '';
  const needing = ({ run, ...target }: Target): Target => ({
    ...target,
    run: { ...run, needsGateway: true },
  });
  const listenAt = async (address: string): Promise<number> => {
    const server = createServer((socket) => socket.end('from this machine\n'));
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(0, address, resolve);
    });
    return (server.address() as AddressInfo).port;
  };
  const reads = (port: number) => ['sh', '-c', `nc -w 2 host.docker.internal ${port} </dev/null`];

  test('is an address of this machine before anything runs, which containers reach by name', async () => {
    const { runner, project, target, run } = await createCaseProject(socketPath);
    const gateway = (await runner.gateway?.(project, never)) ?? 'none';
    const port = await listenAt(gateway);
    const job = await run(needing(target('job', { image: tools, command: 'sleep 600' })));
    const { output } = await runner.exec(job, reads(port), never);
    expect(output).toBe('from this machine\n');
    const known = createDockerRunner({ engine: `unix://${socketPath}`, env: {} });
    onTestFinished(() => known.close());
    expect((await known.observe(project, never)).instances[0]).not.toHaveProperty('drift');
    expect(await known.gateway?.(project, never)).toBe(gateway);
  }, 30_000);

  test('is none without a network', async () => {
    const { runner, project } = await createCaseProject(socketPath);
    await runner.dropProject(project, never);
    expect(await runner.gateway?.(project, never)).toBeUndefined();
  });

  test('a container that was told another one is found out, running or not', async () => {
    const { runner, project, target, run, prepare, docker } = await createCaseProject(socketPath);
    const before = await runner.gateway?.(project, never);
    const idle = { image: tools, command: 'sleep 600', stopSignal: 'SIGKILL' };
    const stopped = await run(needing(target('stopped', idle)));
    const running = await run(needing(target('running', idle)));
    const careless = await run(target('careless', idle));
    await Promise.all([stopped, careless].map((each) => runner.stop(each, { signal: never })));
    await docker.getNetwork(project.project).disconnect({ Container: running.id, Force: true });
    await docker.getNetwork(project.project).remove();
    // What takes the old addresses in the meantime.
    const squatter = await docker.createNetwork({
      Name: `${project.project}-squatter`,
      IPAM: { Config: [{ Subnet: `${before?.replace(/\.\d+$/, '.0')}/24` }] },
    });
    onTestFinished(() => squatter.remove());
    await runner.ensureProject(project, never);
    const after = await runner.gateway?.(project, never);
    expect(after).not.toBe(before);
    await docker.getNetwork(project.project).connect({ Container: running.id });

    const { instances } = await runner.observe(project, never);
    const drifts = Object.fromEntries(instances.map(({ service, drift }) => [service, drift]));
    const text = `the network ${project.project} has another gateway now (${after})`;
    expect(drifts).toEqual({
      stopped: { field: 'network', text },
      running: { field: 'network', text },
    });
    const again = needing(target('stopped', idle));
    const fresh = await prepare(again, { replaces: stopped });
    await runner.start(again, fresh, never);
    const port = await listenAt(after ?? '');
    const { output } = await runner.exec(fresh, reads(port), never);
    expect(output).toBe('from this machine\n');
  }, 60_000);
});
