import { expect, test } from 'vitest';
import type { Config } from '../../../core/config/config.ts';
import { serviceErrors } from '../../../core/errors/catalogue/service.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { createTestHost, type TestHost } from '../../../core/testing/test-host.ts';
import { codesOf, image, messages, thrownBy } from '../../rig/kernel.ts';

const config: Config = { services: { db: { run: image() }, api: { run: image() } } };
const lost = serviceErrors.create('DS_PORT_TAKEN', { service: 'db', port: 1, holder: 'x' });

async function afterUp(): Promise<TestHost> {
  const first = createTestHost({ config });
  await first.up();
  await first.host.close();
  return first;
}

/** Follows the logs and hands the lines out as they come. */
function follow(host: TestHost, services: readonly string[] = [], more: { tail?: number } = {}) {
  const lines: string[] = [];
  let wake = () => {};
  const ended = (async () => {
    for await (const { service, text } of host.host.logs({ services, follow: true, ...more })) {
      lines.push(`${service} ${text}`);
      wake();
    }
  })();
  ended.catch(() => {});
  return {
    lines,
    ended,
    async until(count: number): Promise<string[]> {
      while (lines.length < count) await new Promise<void>((resolve) => (wake = resolve));
      return lines;
    },
  };
}

let second = 0;
const write = (host: TestHost, service: string, text: string) =>
  host.runner.writeLog(service, text, new Date(Date.UTC(2026, 0, 1, 0, 0, ++second)).toISOString());

/** Another command's up on the same folder, beside the one that follows. */
async function upBeside(host: TestHost, options: Parameters<TestHost['up']>[0] = {}) {
  const beside = host.again();
  await beside.up(options);
  await beside.host.close();
}

test('what was written by time, then what comes, over a recreation and a service that starts later', async () => {
  const first = await afterUp();
  write(first, 'db', 'one');
  write(first, 'api', 'two');
  write(first, 'db', 'three');
  await using host = first.again();
  const followed = follow(host);
  expect(await followed.until(3)).toEqual(['db one', 'api two', 'db three']);
  host.runner.vanish('api');
  await upBeside(host, { recreate: true });
  write(host, 'db', 'new');
  await followed.until(4);
  write(host, 'api', 'later');
  expect((await followed.until(5)).slice(3)).toEqual(['db new', 'api later']);
});

test('the same container started again goes on where it was', async () => {
  const first = await afterUp();
  await using host = first.again();
  const followed = follow(host, ['db']);
  write(host, 'db', 'one');
  await followed.until(1);
  host.runner.exit('db', 3);
  await upBeside(host);
  write(host, 'db', 'two');
  expect(await followed.until(2)).toEqual(['db one', 'db two']);
  expect(messages(host)).toContain('db ended with exit code 3.');
});

test('an engine that goes and comes back: said, and no line is lost or doubled', async () => {
  const first = await afterUp();
  const clock = createFakeClock();
  await using host = first.again(config, { clock });
  const followed = follow(host, ['db']);
  write(host, 'db', 'one');
  await followed.until(1);
  host.runner.lose(lost);
  write(host, 'db', 'meanwhile');
  for (let i = 0; i < 5; i++) await clock.advance(3000);
  expect(followed.lines).toEqual(['db one']);
  host.runner.regain();
  await clock.advance(3000);
  write(host, 'db', 'after');
  expect(await followed.until(3)).toEqual(['db one', 'db meanwhile', 'db after']);
  expect(messages(host).join('\n')).toMatch(/Its logs go on when it is back.\n.*the logs go on/);
});

test('only the named services, only the last lines, and all of what starts later', async () => {
  const first = await afterUp();
  for (const text of ['a', 'b', 'c']) write(first, 'db', text);
  write(first, 'api', 'no');
  await using host = first.again();
  const followed = follow(host, ['db'], { tail: 1 });
  await followed.until(1);
  await upBeside(host, { recreate: true });
  for (const text of ['d', 'e']) write(host, 'db', text);
  expect(await followed.until(3)).toEqual(['db c', 'db d', 'db e']);
});

test('nothing is there yet: said, and waited for; an unknown name is an error', async () => {
  await using host = createTestHost({ config });
  await host.host.configure();
  const followed = follow(host);
  const said = new Promise<void>((resolve) => {
    host.host.events.subscribe(({ event }) => event === 'message' && resolve());
  });
  await said;
  await upBeside(host);
  write(host, 'api', 'hello');
  expect(await followed.until(1)).toEqual(['api hello']);
  const error = await thrownBy(follow(host, ['dbb']).ended);
  expect(error.message).toContain('Did you mean "db"?');
});

test('it goes on when everything is gone, and ends with its signal', async () => {
  const control = new AbortController();
  const first = await afterUp();
  await using host = first.again(config, { signal: control.signal });
  const followed = follow(host);
  write(host, 'db', 'one');
  await followed.until(1);
  host.runner.vanish('db');
  host.runner.vanish('api');
  await upBeside(host);
  write(host, 'db', 'two');
  await followed.until(2);
  control.abort(new Error('Ctrl-C'));
  expect(await codesOf(followed.ended)).toEqual(['Error: Ctrl-C']);
});
