import { expect, test } from 'vitest';
import {
  commandRefusal,
  requestRefusal,
} from '../../../../plugins/docker/commands/command-refusal.ts';

const refused = { service: 'redis', command: 'x' };

// As Docker 20.10 and 26.1 and Podman 4.3 say it.
test.each([
  ['exec: "x": executable file not found in $PATH: unknown', 127],
  ['exec: "./x": stat ./x: no such file or directory: unknown', 127],
  ['crun: executable file `x` not found in $PATH: No such file or directory', 127],
  ['exec: "/etc/passwd": permission denied: unknown', 126],
  ['exec: "/tmp": is a directory: unknown', 126],
  ['exec /x: exec format error', 126],
  ['chdir to cwd ("/nope") set in config.json failed: no such file or directory', undefined],
  ['unable to find user x: no matching entries in passwd file', undefined],
])('%s', (reason, shellStatus) => {
  expect(commandRefusal(reason, refused)).toMatchObject({
    code: 'DS_DOCKER_COMMAND_REFUSED',
    facts: shellStatus === undefined ? { reason } : { reason, shellStatus },
  });
});

test('a refused request is the command’s fault only where the engine says so', () => {
  const answer = (message: string) =>
    Object.assign(new Error('x'), { statusCode: 500, json: { message } });
  expect(
    requestRefusal(answer('exec: "x": executable file not found in $PATH'), refused),
  ).toMatchObject({ facts: { shellStatus: 127 } });
  expect(requestRefusal(answer('unable to find user x'), refused)).toMatchObject({
    code: 'DS_DOCKER_COMMAND_REFUSED',
    facts: { ...refused, reason: 'unable to find user x' },
  });
  expect(requestRefusal(answer('Container 1 is not running'), refused)).toBeUndefined();
  expect(requestRefusal(new Error('connect: permission denied'), refused)).toBeUndefined();
});
