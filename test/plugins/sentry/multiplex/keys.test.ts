import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { inspect } from 'node:util';
import { expect, test, vi } from 'vitest';
import { resolveEndpoint } from '../../../../plugins/sentry/multiplex/endpoint.ts';
import { handOverToProcess } from '../../../../plugins/sentry/multiplex/hand-over.ts';
import { createLines, eventEnvelope } from './create-lines.ts';

const key = 'c0ffee00c0ffee00c0ffee00c0ffee00';

test('an endpoint is the envelope URL of the project, and the key is not in it', () => {
  expect(resolveEndpoint(`https://${key}@o1.ingest.example.com/42`, 'devservices/1.0.0')).toEqual({
    url: 'https://o1.ingest.example.com/api/42/envelope/',
    headers: {
      'content-type': 'application/x-sentry-envelope',
      'x-sentry-auth': `Sentry sentry_version=7, sentry_client=devservices/1.0.0, sentry_key=${key}`,
    },
    key,
  });
  expect(resolveEndpoint(`http://${key}@[::1]:9000/under/a/path/7`, 'x').url).toBe(
    'http://[::1]:9000/under/a/path/api/7/envelope/',
  );
});

test('what is no DSN is not repeated', () => {
  const error = thrownBy(() => resolveEndpoint(`ht tp://${key}@nowhere`, 'x'));
  expect(error).toBeInstanceOf(TypeError);
  expect(inspect(error, { showHidden: true })).not.toContain(key);
});

test('a key is taken out of what goes wrong', async () => {
  const { multiplexer, said } = createLines({
    fetch: () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error(`invalid value: ${key}`) })),
    sinks: [{ name: 'relay', dsn: `http://${key}@127.0.0.1:9/1` }],
  });
  await multiplexer.send(eventEnvelope('one'));
  await multiplexer.flush();
  expect(said).toEqual(["Sentry's sink relay was not reached: invalid value: …."]);
});

test('where no file can be made nothing is taken over', () => {
  vi.stubEnv('TMPDIR', join(tmpdir(), 'devservices-no-such-folder'));
  try {
    expect(handOverToProcess([{ url: 'http://127.0.0.1:9/', headers: {}, body: '{}' }])).toBe(0);
  } finally {
    vi.unstubAllEnvs();
  }
});

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
