import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Finding } from 'devservices/runner';
import { describe, expect, test } from 'vitest';
import { diagnoseDocker } from '../../../../plugins/docker/doctor/diagnose-docker.ts';
import { createEngine } from '../../../../plugins/docker/engine/engine.ts';
import type { EngineOptions } from '../../../../plugins/docker/engine/engine.ts';
import { createCheckout } from '../../../rig/checkout.ts';
import { ensureEngine } from '../../../rig/engine/ensure-engine.ts';
import { createFolder, startFakeEngine } from '../fake-engine.ts';

const rig = await ensureEngine();
const never = new AbortController().signal;

async function diagnose(options: EngineOptions): Promise<Record<string, Finding>> {
  const engine = createEngine({ home: '/nowhere', systemFolder: '/nowhere/system', ...options });
  const findings = await diagnoseDocker(engine, never);
  engine.close();
  return Object.fromEntries(findings.map((finding) => [finding.name, finding]));
}

/** A folder of programs, each a line of shell. */
async function createPath(programs: Readonly<Record<string, string>>): Promise<string> {
  const folder = await createFolder();
  for (const [name, line] of Object.entries(programs)) {
    await writeFile(join(folder, name), `#!/bin/sh\n${line}\n`);
    await chmod(join(folder, name), 0o700);
  }
  return folder;
}

async function startDescribedEngine(info: object, version: object = {}) {
  return startFakeEngine((request, response) => {
    const answer = request.url?.endsWith('/info')
      ? { Driver: 'overlay2', OperatingSystem: 'x', SystemTime: new Date().toISOString(), ...info }
      : { Version: '29.0.0', ApiVersion: '1.52', Os: 'linux', Arch: 'arm64', ...version };
    response.setHeader('Content-Type', 'application/json').end(JSON.stringify(answer));
  });
}

describe.skipIf(rig === null)('doctor on a real engine', () => {
  test('names the engine, why it is taken, and the disk it writes to', async () => {
    const found = await diagnose({ env: { DOCKER_HOST: rig?.url } });
    expect(found['engine']).toMatchObject({
      level: 'ok',
      facts: {
        product: rig?.isPodman ? 'Podman' : 'Docker Engine',
        api: rig?.apiVersion,
        os: 'linux',
        rootless: false,
      },
    });
    expect(found['engine']?.text).toContain(`DOCKER_HOST ${rig?.url}: taken, as it was chosen`);
    expect(found['clock']).toMatchObject({ level: 'ok' });
    expect(found['docker context']).toMatchObject({ level: 'ok' });
    expect(found['disk']?.facts?.['freeBytes'] ?? 1).toBeGreaterThan(0);
  });

  test('is one document for programs, with the status of the worst', async () => {
    if (!rig) return;
    await using checkout = createCheckout(rig);
    const config = (image: string) =>
      `export default { services: { db: { run: { kind: 'container', image: '${image}' } } } };`;
    checkout.write({ 'devservices.config.mjs': config('devservices-test/no-such:1') });
    const well = await checkout.task('doctor', ['--json']);
    const read = (stdout: string) =>
      JSON.parse(stdout) as { ok: boolean; exitCode: number; findings: Finding[] };
    expect(well.exitCode).toBe(0);
    expect(read(well.stdout)).toMatchObject({ ok: true, exitCode: 0 });
    expect(read(well.stdout).findings.find(({ name }) => name === 'images')).toMatchObject({
      level: 'ok',
      facts: { missing: ['devservices-test/no-such:1'] },
    });
    const away = await checkout.task('doctor', [], {
      env: { DOCKER_HOST: 'unix:///nowhere/e.sock' },
    });
    expect(away.exitCode).toBe(3);
    expect(away.stdout).toMatch(
      /^✘ engine +none answers\n +DOCKER_HOST unix:\/\/\/nowhere\/e\.sock/,
    );
    expect(away.stdout).toMatch(/\n1 problem/);
    checkout.write({ 'devservices.config.mjs': 'export default { services: 1, x: 2 };' });
    const broken = await checkout.task('doctor', ['--json']);
    expect(broken.exitCode).toBe(2);
    expect(read(broken.stdout).findings.find(({ name }) => name === 'engine')?.level).toBe('ok');
  });
});

describe('doctor', () => {
  test('without any engine tells each place, and how one is started', async () => {
    const PATH = await createPath({ systemctl: '[ "$3" = docker ]' });
    const found = await diagnose({ env: { PATH, XDG_RUNTIME_DIR: '/nowhere/run' } });
    expect(found['engine']?.text).toContain(
      '/nowhere/.colima/default/docker.sock: there is no such',
    );
    expect(found['engine']?.hint).toBe('Start rootless Docker: `systemctl --user start docker`.');
  });

  test('tells which other engines answer, and that docker uses another', async () => {
    const [taken, other] = [await startDescribedEngine({}), await startDescribedEngine({})];
    const link = join(other.folder, '.orbstack/run/docker.sock');
    await mkdir(dirname(link), { recursive: true });
    await symlink(other.socketPath, link);
    const found = await diagnose({
      engine: taken.url,
      home: other.folder,
      env: { DOCKER_HOST: other.url },
    });
    expect(found['engine']?.text).toContain(`--engine ${taken.url}: taken`);
    expect(found['other engines']?.text).toContain(`${link}: answers, and is not taken`);
    expect(found['docker context']).toMatchObject({ level: 'warning' });
    expect(found['docker context']?.text).toContain(other.url);
  });

  test.each([
    ['Docker Desktop', { OperatingSystem: 'Docker Desktop' }, {}],
    ['OrbStack', { OperatingSystem: 'OrbStack' }, {}],
    ['Colima', { Name: 'colima' }, {}],
    ['Rancher Desktop', { Name: 'lima-rancher-desktop' }, {}],
    ['Podman', {}, { Components: [{ Name: 'Podman Engine', Version: '5' }] }],
    ['Docker Engine', {}, {}],
  ])('knows %s by what it says of itself', async (product, info, version) => {
    const peer = await startDescribedEngine(info, version);
    const found = await diagnose({ engine: peer.url, env: {} });
    expect(found['engine']?.facts).toMatchObject({ product, version: '29.0.0', arch: 'arm64' });
  });

  test('tells a rootless engine, and a clock that is off', async () => {
    const peer = await startDescribedEngine({
      SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
      SystemTime: new Date(Date.now() - 60_000).toISOString(),
    });
    const found = await diagnose({ engine: peer.url, env: {} });
    expect(found['engine']?.facts).toMatchObject({ rootless: true });
    expect(found['clock']).toMatchObject({ level: 'warning' });
    expect(found['clock']?.text).toMatch(/is (59|60) s behind/);
  });

  test('tells a docker configuration that cannot be read, and helpers that are not there', async () => {
    const folder = await createFolder();
    const PATH = await createPath({ 'docker-credential-here': '' });
    const env = { DOCKER_CONFIG: folder, PATH };
    await writeFile(join(folder, 'config.json'), '{"auths":{"x":{"auth":"c2VjcmV0"}}');
    const corrupt = await diagnose({ env });
    expect(corrupt['docker config']).toMatchObject({ level: 'warning' });
    expect(JSON.stringify(corrupt)).not.toContain('c2VjcmV0');
    const helpers = { credsStore: 'here', credHelpers: { 'gcr.io': 'gone' } };
    await writeFile(join(folder, 'config.json'), JSON.stringify(helpers));
    expect((await diagnose({ env }))['credentials']).toMatchObject({
      level: 'warning',
      facts: { missing: ['docker-credential-gone'] },
    });
  });

  test('tells the versions of the command line, also where its context is broken', async () => {
    const PATH = await createPath({
      docker: `case "$*" in
        --version) echo "Docker version 28.2.2, build e6534b4" ;;
        "--context default buildx version") echo "github.com/docker/buildx v0.24.0 abc" ;;
        *) echo "unknown command" >&2; exit 1 ;;
      esac`,
    });
    const found = await diagnose({ env: { PATH } });
    expect(found['docker CLI']?.text).toBe('28.2.2');
    expect(found['buildx']?.text).toBe('0.24.0');
    expect(found['compose']?.text).toContain('not there');
    const bare = await diagnose({ env: { PATH: '/nowhere' } });
    expect(bare['docker CLI']).toMatchObject({ level: 'warning' });
  });
});
