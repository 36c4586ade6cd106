import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { createRepo } from '../core/cli/run-main.ts';
import { listState } from './list-state.ts';

const config = `
  import { controlApi } from 'devservices/plugins/control-api';
  import { permissions } from 'devservices/plugins/permissions';
  import { store } from 'devservices/plugins/store';
  export default { plugins: [store(), permissions(), controlApi()] };`;

/** A repo where ada is a superuser, and what `devservices tokens …` comes to in it. */
async function createTokensRepo() {
  const repo = createRepo({ 'devservices.config.ts': config });
  const permissions = (words: string) => repo.run('permissions', ...words.split(' '));
  await permissions('users add ada --superuser');
  return {
    repo,
    permissions,
    run: (words: string) => repo.run('tokens', ...words.split(' ')),
    /** Exit status and all lines. */
    async tell(words: string): Promise<[number, ...string[]]> {
      const { exitCode, stdout, stderr } = await repo.run('tokens', ...words.split(' '));
      return [exitCode, ...`${stdout}${stderr}`.split('\n').filter(Boolean)];
    },
  };
}

/** Files below the state's folder that have a text in them. */
const filesWith = (root: string, text: string): string[] =>
  listState(root).filter((file) => readFileSync(file, 'latin1').includes(text));

test('from no token to one and back, as people read it', async () => {
  const { run, tell, permissions } = await createTokensRepo();
  expect(await tell('list')).toEqual([0, 'There are no tokens.']);
  const added = await run('add --name ci --user ADA --permission services.write');
  expect(added.exitCode).toBe(0);
  expect(added.stdout).toMatch(/^dst_[A-Za-z0-9_-]{43}\n$/);
  expect(added.stderr.split('\n').filter(Boolean)).toEqual([
    'ci speaks for ada. Its token is shown this once:',
    '! services.write has no effect: ada may not do that.',
  ]);
  const [exitCode, line = ''] = await tell('list');
  expect(exitCode).toBe(0);
  expect(line).toMatch(/^ci +ada +services\.write +never used +id:[0-9a-f-]{36}$/);
  await permissions('add --user ada --permission users.admin');
  const admin = await run(
    'add --name boss --user ada --permission users.admin --sudo --expires 2d',
  );
  expect(admin.stderr).toMatch(
    /^boss speaks for ada until [0-9T:.-]+Z\. Its token is shown this once:\n$/,
  );
  expect((await tell('list'))[1]).toMatch(/^boss +ada +users\.admin sudo +until .*Z +never used/);
  expect(await tell('revoke boss')).toEqual([0, 'boss is revoked.']);
  expect(await tell('revoke boss')).toEqual([0, 'boss is revoked already.']);
  expect(await tell('list')).toHaveLength(2);
  expect((await tell('list --all'))[1]).toMatch(/^boss .* revoked /);
});

test('a token is told to who asks for it, also who wants to hear nothing else, and is kept nowhere', async () => {
  const { repo, run } = await createTokensRepo();
  const quiet = await run('add --name one --user ada --quiet');
  expect(quiet.stdout).toMatch(/^dst_\S{43}\n$/);
  expect(quiet.stderr).toBe('');
  const json = await run('add --name two --user ada --json --verbose');
  const finished = json.json().at(-1) as unknown as { result: { token: string } };
  expect(finished).toMatchObject({
    event: 'tokens-finished',
    ok: true,
    result: {
      token: expect.stringMatching(/^dst_\S{43}$/) as unknown,
      entry: {
        name: 'two',
        user: 'ada',
        permissions: [],
        sudo: false,
        state: 'live',
        createdBy: `os:${userInfo().username}`,
        expires: null,
      },
    },
  });
  const { token } = finished.result;
  expect(json.stdout.split(token)).toHaveLength(2);
  expect(json.stderr).not.toContain(token);
  for (const text of [token, quiet.stdout.trim()]) {
    const secret = text.slice('dst_'.length);
    expect((await run('list --all --json')).stdout).not.toContain(secret);
    expect(filesWith(repo.root, secret)).toEqual([]);
  }
  // The end of the run is in the journal, with all that may stand there.
  expect(filesWith(repo.root, '"result":{"entry":{')).toHaveLength(1);
  expect(await run(`revoke ${token}`)).toMatchObject({ exitCode: 0 });
  expect(filesWith(repo.root, token)).toEqual([]);
});

test.each([
  ['add --name ci', /--user/],
  ['add --user ada', /--name/],
  ['add --name ci --user eve', /There is no user "eve".*DS_USER_UNKNOWN/s],
  ['add --name ci! --user ada', /The name "ci!" is no name of.*DS_API_TOKEN_INVALID/s],
  ['add --name ci --user ada --expires soon', /The time of its end "soon" is neither/],
  ['add --name ci --user ada --expires -3d', /--expires|time of its end/],
  [
    'add --name ci --user ada --permission services.wite',
    /Did you mean "services.write"\?.*There are: options.write.*DS_API_PERMISSION_UNKNOWN/s,
  ],
  ['revoke ci', /There is no token "ci".*DS_API_TOKEN_UNKNOWN/s],
  ['revoke', /TOKEN/],
  ['drop ci', /drop/],
])('tokens %s is refused with what to do', async (words, said) => {
  const { run } = await createTokensRepo();
  const { exitCode, stdout, stderr } = await run(words);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(said);
  expect((await run('list --all')).stdout).toBe('There are no tokens.\n');
});

test('a token that was mistyped is repeated by nothing', async () => {
  const { repo, run } = await createTokensRepo();
  const mistyped = `dst_${'Q'.repeat(42)}`;
  for (const words of [`revoke ${mistyped}`, `add --name ${mistyped} --user ada`]) {
    const { exitCode, stdout, stderr } = await run(`${words} --json`);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain(mistyped);
  }
  expect(filesWith(repo.root, mistyped)).toEqual([]);
});

test('where the plugin is not listed, it is said what to add', async () => {
  const repo = createRepo({ 'devservices.config.json': '{}' });
  const { exitCode, stderr } = await repo.run('tokens', 'list');
  expect(exitCode).toBe(2);
  expect(stderr).toContain("Add `controlApi()` from 'devservices/plugins/control-api'");
});
