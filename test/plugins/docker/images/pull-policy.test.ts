import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startFakeEngine } from '../fake-engine.ts';
import { ensureWith, openRegistry, pullsOf, refuse, say } from './fake-pulls.ts';

describe('when images are pulled', () => {
  test('"never" asks nobody', async () => {
    const { peer, ensure } = await openRegistry((response) => say(response));
    await expect(ensure('x', { pull: 'never' }).done).rejects.toMatchObject({
      code: 'DS_IMAGE_MISSING',
    });
    expect(pullsOf(peer)).toEqual([]);
  });

  test('an image that is there is pulled only on "always"', async () => {
    const peer = await startFakeEngine(({ url = '' }, response) => {
      response.setHeader('content-type', 'application/json');
      if (url.includes('/images/create?')) say(response, { status: 'Up to date' });
      else response.end('{"Id":"sha256:1"}');
    });
    const ensure = ensureWith(peer);
    await ensure('x').done;
    await ensure('x', { pull: 'never' }).done;
    expect(pullsOf(peer)).toEqual([]);
    await ensure('x', { pull: 'always' }).done;
    expect(pullsOf(peer)).toHaveLength(1);
  });

  test('"always" goes on with what is here where the registry is away, and says so once', async () => {
    const peer = await startFakeEngine(({ url = '' }, response) => {
      if (url.includes('/images/create?')) refuse(response, 'dial tcp: connection refused');
      else response.setHeader('content-type', 'application/json').end('{"Id":"sha256:1"}');
    });
    const warnings: string[] = [];
    const ensure = ensureWith(peer, (text) => warnings.push(text));
    await Promise.all([ensure('x', { pull: 'always' }).done, ensure('x', { pull: 'always' }).done]);
    await ensure('x', { pull: 'always' }).done;
    expect(warnings).toEqual([
      expect.stringMatching(/connection refused Going on with the x that is here\.$/),
    ]);
  });

  test('"always" does not go on where the registry says no', async () => {
    const peer = await startFakeEngine(({ url = '' }, response) => {
      if (url.includes('/images/create?')) refuse(response, 'manifest unknown', 404);
      else response.setHeader('content-type', 'application/json').end('{"Id":"sha256:1"}');
    });
    const { done } = ensureWith(peer)('x', { pull: 'always' });
    await expect(done).rejects.toMatchObject({ code: 'DS_IMAGE_NOT_FOUND' });
  });

  test('a docker configuration that is broken is said, left as it is, and gone on without', async () => {
    const { peer } = await openRegistry((response) => say(response));
    const file = join(peer.folder, 'config.json');
    await writeFile(file, '{"auths": ');
    const warnings: string[] = [];
    const ensure = ensureWith(peer, (text) => warnings.push(text));
    await ensure('x').done.catch(() => {});
    expect(warnings).toEqual([`${file} is not JSON: images are pulled without its credentials.`]);
    expect(await readFile(file, 'utf8')).toBe('{"auths": ');
  });
});
