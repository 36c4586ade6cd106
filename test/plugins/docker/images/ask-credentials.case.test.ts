import { chmod, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { askCredentialHelper } from '../../../../plugins/docker/images/ask-credentials.ts';
import { loadCredentials } from '../../../../plugins/docker/images/load-credentials.ts';
import { createFolder } from '../fake-engine.ts';

const signal = new AbortController().signal;

/** A helper that does what this shell script says, on a PATH of its own. */
async function install(name: string, script: string) {
  const folder = await createFolder();
  const program = join(folder, `docker-credential-${name}`);
  await writeFile(program, `#!/bin/sh\n${script}\n`);
  await chmod(program, 0o755);
  const env = { PATH: `${folder}:/usr/bin:/bin`, DOCKER_CONFIG: folder };
  const ask = (server = 'r.io', options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
    askCredentialHelper({ helper: name, server, env, signal, ...options });
  const configure = (config: object) =>
    writeFile(join(folder, 'config.json'), JSON.stringify(config));
  return { folder, env, ask, configure };
}

const answer = (username: string, secret: string) =>
  `echo '${JSON.stringify({ ServerURL: 'x', Username: username, Secret: secret })}'`;

describe('a credential helper', () => {
  test('is asked for one registry, on its stdin, and told nothing else', async () => {
    const { ask, folder } = await install(
      'kept',
      `cat > "$0.stdin"; echo "$*" > "$0.args"; ${answer('me', 's3cret')}`,
    );
    expect(await ask('https://index.docker.io/v1/')).toEqual({
      credentials: {
        username: 'me',
        password: 's3cret',
        serveraddress: 'https://index.docker.io/v1/',
      },
    });
    const noted = (name: string) =>
      readFile(join(folder, `docker-credential-kept.${name}`), 'utf8');
    expect(await noted('stdin')).toBe('https://index.docker.io/v1/\n');
    expect(await noted('args')).toBe('get\n');
  });

  test('may give an identity token', async () => {
    const { ask } = await install('token', answer('<token>', 't0ken'));
    expect(await ask()).toEqual({
      credentials: { identitytoken: 't0ken', serveraddress: 'r.io' },
    });
  });

  test.each([
    ['its own words', 'echo "credentials not found in native keychain"; exit 1'],
    ['nothing in its answer', answer('', '')],
  ])('that knows nothing of a registry, by %s, leaves it to strangers', async (_, script) => {
    const { ask } = await install('empty', script);
    expect(await ask()).toEqual({ isUnknown: true });
  });

  test.each([
    ['ended with exit code 3', 'echo "hunter2 is wrong"; echo hunter2 >&2; exit 3'],
    ['gave no JSON', 'echo hunter2'],
    ['gave no user name and secret', 'echo "{\\"Secret\\":\\"hunter2\\"}"'],
    ['gave no user name and secret', 'echo null'],
    ['ended with a signal', 'kill -TERM $$'],
  ])('that %s is a problem, told without what it printed', async (problem, script) => {
    const { ask } = await install('broken', script);
    expect(await ask()).toEqual({ problem: `docker-credential-broken ${problem}` });
  });

  test('that is not there, or hangs with a child of its own, keeps nobody', async () => {
    const { env, ask } = await install('hangs', 'sleep 3 & wait');
    expect(await askCredentialHelper({ helper: 'none', server: 'r.io', env, signal })).toEqual({
      problem: 'docker-credential-none is not on PATH',
    });
    expect(await ask('r.io', { timeoutMs: 50 })).toEqual({
      problem: 'docker-credential-hangs gave no answer within 0.05 s',
    });
    const stop = new AbortController();
    const asked = ask('r.io', { signal: stop.signal });
    stop.abort(new Error('interrupted'));
    await expect(asked).rejects.toThrow('interrupted');
  });

  test.each(['../sh', 'a b', '', 'x;y', '$(z)'])('of the name %j is not run', async (helper) => {
    const answered = await askCredentialHelper({ helper, server: 'r.io', env: {}, signal });
    expect(answered).toEqual({ problem: expect.stringContaining('a name that is none') as string });
  });
});

describe('what goes with a pull', () => {
  const auth = Buffer.from('file:pass').toString('base64');

  test('the registry’s own helper wins over the one of all, which wins over the file', async () => {
    const { env, folder, configure } = await install('all', answer('all', 'x'));
    await writeFile(join(folder, 'docker-credential-own'), `#!/bin/sh\n${answer('own', 'x')}\n`);
    await chmod(join(folder, 'docker-credential-own'), 0o755);
    const who = async (registry: string) => {
      const { credentials } = await loadCredentials(registry, { env, home: folder, signal });
      return credentials && 'username' in credentials ? credentials.username : undefined;
    };
    const auths = { 'own.io': { auth }, 'r.io': { auth } };
    await configure({ auths, credsStore: 'all', credHelpers: { 'own.io': 'own' } });
    expect([await who('own.io'), await who('r.io')]).toEqual(['own', 'all']);
    await configure({ auths, credHelpers: { 'own.io': 'own' } });
    expect([await who('own.io'), await who('r.io')]).toEqual(['own', 'file']);
    await configure({ auths });
    expect([await who('own.io'), await who('x.io')]).toEqual(['file', undefined]);
  });

  test('a helper that fails is told as trouble, and nothing is written', async () => {
    const { env, folder, configure } = await install('sick', 'exit 1');
    await configure({ credsStore: 'sick', auths: { 'r.io': { auth } } });
    const before = await readFile(join(folder, 'config.json'), 'utf8');
    expect(await loadCredentials('r.io', { env, home: folder, signal })).toEqual({
      trouble: 'docker-credential-sick ended with exit code 1',
    });
    expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe(before);
    expect((await readdir(folder)).toSorted()).toEqual(['config.json', 'docker-credential-sick']);
  });
});
