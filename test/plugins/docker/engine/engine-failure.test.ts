import { expect, test } from 'vitest';
import { statusOf } from '../../../../plugins/docker/engine/engine-failure.ts';

const refusal = (json: object, statusCode = 500) =>
  Object.assign(new Error('refused'), { statusCode, json });

/** As Podman 5.4 answers them. */
test.each([
  [
    409,
    'container create: creating container storage: …: that name is already in use',
    'that name is already in use',
  ],
  [409, 'can only create exec sessions on running containers', 'container state improper'],
  [403, '"app" has associated containers with it.', 'network is being used'],
  [400, 'container create: "CAP_NO": unknown capability', 'unknown capability'],
  [400, 'fill out specgen: invalid option type "zz"', 'invalid option type "zz"'],
  [404, 'unable to find network with name or ID app: network not found', 'network not found'],
  [500, 'container create: write /x: no space left on device', 'no space left on device'],
  [500, 'crun: cannot set limits: OCI runtime error', 'OCI runtime error'],
])('Podman’s 500 counts as %i where it says: %s', (status, message, cause) => {
  expect(statusOf(refusal({ message, cause, response: 500 }))).toBe(status);
});

test('Docker’s own statuses stay what they are', () => {
  expect(statusOf(refusal({ message: 'container create: name is already in use' }))).toBe(500);
  expect(statusOf(refusal({ message: 'no such container' }, 404))).toBe(404);
  expect(statusOf(new Error('connect ECONNREFUSED'))).toBeUndefined();
});

test('a refusal counts when it is the cause', () => {
  const thrown = new Error('ours', { cause: refusal({ message: 'conflict' }, 409) });
  expect(statusOf(thrown)).toBe(409);
});
