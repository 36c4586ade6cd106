import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findGcloud, gcloudTests } from '../find-gcloud.ts';
import { startSshServer } from '../ssh-server.ts';
import { startWorkstationsApi } from './start-workstations-api.ts';
import type { ApiFault, WorkstationsApi } from './workstations-api.ts';

const place = ['--project=acme', '--region=europe-west1', '--cluster=main', '--config=small'];

describe.skipIf(findGcloud() === null)(`${gcloudTests}: the rig's own cloud`, () => {
  let api: WorkstationsApi;
  beforeEach(async () => {
    api = await startWorkstationsApi();
  });
  afterEach(() => api.close());

  const gcloud = (...args: string[]) => runGcloud(api, args);
  const stateSeen = async (name: string) => {
    const { stdout } = await gcloud('describe', name, ...place);
    return (JSON.parse(stdout) as { state: string }).state;
  };

  test('lists all pages of all configurations, and what one place holds', async () => {
    for (const name of ['box', 'my-box', 'third']) api.put(name);
    api.put('box', { region: 'us-east1', cluster: 'far', config: 'large' });
    const [everywhere, here, configs] = await Promise.all([
      gcloud('list', '--project=acme'),
      gcloud('list', ...place),
      gcloud('configs', 'list', '--project=acme'),
    ]);
    expect(namesOf(everywhere.stdout)).toEqual(['box', 'box', 'my-box', 'third']);
    expect(namesOf(here.stdout)).toEqual(['box', 'my-box', 'third']);
    expect(namesOf(configs.stdout)).toEqual(['large', 'small']);
  });

  test('makes, starts, stops and deletes, each seen under way first', async () => {
    api.putConfig('small');
    const created = await gcloud('create', 'box', ...place, '--async');
    expect(JSON.parse(created.stdout)).toMatchObject({ done: false, metadata: { verb: 'create' } });
    const early = await gcloud('start', 'box', ...place, '--async');
    expect(early.stderr).toContain('FAILED_PRECONDITION');
    api.settle();
    expect(await stateSeen('box')).toBe('STATE_STOPPED');
    await gcloud('start', 'box', ...place, '--async');
    expect(await stateSeen('box')).toBe('STATE_STARTING');
    expect(await stateSeen('box')).toBe('STATE_RUNNING');
    await gcloud('stop', 'box', ...place, '--async');
    expect(await stateSeen('box')).toBe('STATE_STOPPING');
    // The CLI asks how the operation goes until it is done.
    await gcloud('delete', 'box', ...place);
    expect(api.stateOf('box')).toBeUndefined();
    expect(api.callsOf('operation').length).toBeGreaterThan(0);
  });

  test.for<[fault: ApiFault, said: string]>([
    [{ status: 403, message: 'not for you' }, 'PERMISSION_DENIED: not for you'],
    [{ status: 429 }, 'RESOURCE_EXHAUSTED'],
    ['garbage', 'Error decoding response'],
  ])('fails on demand: %j', async ([fault, said]) => {
    api.put('box');
    const lift = api.fault(({ kind }) => (kind === 'describe' ? fault : undefined));
    const failed = await gcloud('describe', 'box', ...place);
    expect(failed).toMatchObject({ exitCode: 1, stdout: '' });
    expect(failed.stderr).toContain(said);
    lift();
    expect(await stateSeen('box')).toBe('STATE_RUNNING');
  });

  test('an operation comes to nothing on demand, and its words are told to who waits for it', async () => {
    api.put('box', { state: 'STATE_STOPPED' });
    api.fault(({ kind }) =>
      kind === 'start'
        ? { operationError: { code: 8, message: 'No machine is left.' } }
        : undefined,
    );
    const failed = await gcloud('start', 'box', ...place);
    expect(failed.exitCode).toBe(1);
    expect(failed.stderr).toContain('No machine is left.');
    expect(api.stateOf('box')).toBe('STATE_STOPPED');
  });

  test('takes no token that has expired', async () => {
    api.put('box');
    api.expireToken();
    const { exitCode, stderr } = await gcloud('describe', 'box', ...place);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('UNAUTHENTICATED');
  });
});

describe.skipIf(findGcloud() === null)(`${gcloudTests}: a tunnel into the rig's own cloud`, () => {
  test('bytes of any kind go to and fro, several connections at once', async () => {
    const sshd = await startSshServer();
    onTestFinished(() => sshd.close());
    await using api = await startWorkstationsApi({ ports: { 22: sshd.port } });
    api.put('box');
    const tunnel = startGcloud(api, ['start-tcp-tunnel', 'box', '22', ...place]);
    onTestFinished(async () => {
      tunnel.child.kill();
      await tunnel.ended;
    });
    const port = await tunnel.said(/Listening on port \[(\d+)\]/);
    const ssh = (command: string, input = Buffer.alloc(0)) =>
      runBytes(['ssh', '-p', port, '-o', `HostKeyAlias=[127.0.0.1]:${sshd.port}`, 'box', command], {
        env: { ...process.env, PATH: sshd.path },
        input,
      });
    const bytes = Buffer.from(Array.from({ length: 500_000 }, (_, at) => (at * 7919) % 256));
    expect((await ssh('cat', bytes)).equals(bytes)).toBe(true);
    const many = await Promise.all(['1', '2', '3'].map((text) => ssh(`echo ${text}`)));
    expect(many.map(String)).toEqual(['1\n', '2\n', '3\n']);
    expect(api.callsOf('token')).toHaveLength(1);
    expect(api.callsOf('tunnel')).toHaveLength(4);
  });
});

function runGcloud(api: WorkstationsApi, args: readonly string[]) {
  const { child } = startGcloud(api, args);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((resolve) => {
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}

function startGcloud(api: WorkstationsApi, args: readonly string[]) {
  const child = spawn('gcloud', ['workstations', ...args, '--format=json', '--quiet'], {
    env: { ...process.env, ...api.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = (shape: RegExp) =>
    new Promise<string>((resolve, reject) => {
      let text = '';
      child.stderr.on('data', (more: Buffer) => {
        text += String(more);
        const found = shape.exec(text)?.[1];
        if (found) resolve(found);
      });
      child.once('exit', () => reject(new Error(`gcloud ended:\n${text}`)));
    });
  return { child, said, ended: once(child, 'close') };
}

function runBytes(
  [program = '', ...args]: readonly string[],
  { env, input }: { env: NodeJS.ProcessEnv; input: Buffer },
): Promise<Buffer> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('close', () => resolve(Buffer.concat(chunks)));
    child.stdin.end(input);
  });
}

function namesOf(json: string): string[] {
  const found = JSON.parse(json) as readonly { name: string }[];
  return found.map(({ name }) => name.split('/').at(-1) ?? '').toSorted();
}
