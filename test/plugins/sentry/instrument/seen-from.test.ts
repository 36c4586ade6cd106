import { expect, test } from 'vitest';
import { container } from '../../../../core/run/run.ts';
import { hostProcess } from '../../../../core/run/process-fields.ts';
import { seenFrom } from '../../../../plugins/sentry/instrument/seen-from.ts';

const inside = container({ image: 'app:1' });
const there = 'host.docker.internal';

test.each([
  ['http://key@127.0.0.1:8000/1', `http://key@${there}:8000/1`],
  ['http://key@localhost/1', `http://key@${there}/1`],
  ['http://key@LOCALHOST:9/1', `http://key@${there}:9/1`],
  ['http://key@localhost.:9/1', `http://key@${there}:9/1`],
  ['http://sentry.localhost:9000/stream', `http://${there}:9000/stream`],
  ['https://key:secret@[::1]:8443/7', `https://key:secret@${there}:8443/7`],
  ['http://[::1]/', `http://${there}/`],
  ['http://[::ffff:127.0.0.1]:4318', `http://${there}:4318`],
  ['http://127.1:4318/v1?a=b#c', `http://${there}:4318/v1?a=b#c`],
  ['http://0.0.0.0:4318', `http://${there}:4318`],
  ['http://[::]:4318', `http://${there}:4318`],
  ['http://key@localhost:{published.relay.http}/1', `http://key@${there}:{published.relay.http}/1`],
])('a container has no loopback of this machine: %s', (given, seen) => {
  expect(seenFrom(inside, given)).toBe(seen);
  expect(seenFrom(hostProcess({ command: 'app' }), given)).toBe(given);
  expect(seenFrom(container({ image: 'app:1', networkMode: 'host' }), given)).toBe(given);
});

test.each([
  'https://key@sentry.example.org/1',
  'https://localhost@sentry.example.org/1',
  'https://key@sentry.example.org/localhost/1',
  'http://localhost.example.org:9000',
  'http://127.0.0.1.example.org:9000',
  'http://128.0.0.1:9000',
  'http://[2001:db8::1]:9000',
  'http://key@{address.relay.http}/1',
  'production',
  'app@1.0.0',
  '',
])('what is elsewhere stays as it is: %s', (given) => {
  expect(seenFrom(inside, given)).toBe(given);
});
