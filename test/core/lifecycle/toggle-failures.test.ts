import { expect, test } from 'vitest';
import { asErrors } from '../../../core/errors/as-error.ts';
import { resolveExitCode } from '../../../core/errors/exit-code.ts';
import { codesOf, column, messages, saw, thrownBy } from '../../rig/kernel.ts';
import { away, db, done, next, open, pinOf, toggle } from './toggle-host.ts';

for (const [what, [service, key], code, text] of [
  ['a service', ['bd', 'local'], 'DS_SERVICE_UNKNOWN', 'Did you mean "db"?'],
  ['a run', ['db', 'locl'], 'DS_RUN_UNKNOWN', 'Did you mean "local"? There are: docker, local.'],
  ['the prototype’s name', ['db', 'constructor'], 'DS_RUN_UNKNOWN', 'There are: docker, local.'],
] as const) {
  test(`${what} that does not exist is the user’s to mend`, async () => {
    const { host } = open();
    await using _ = host;
    const error = await thrownBy(toggle(host, key, service));
    expect(error['code']).toBe(code);
    expect(error.message).toContain(text);
    expect(resolveExitCode(asErrors(error))).toBe(2);
  });
}

test('a sole run has no other: what to add is said', async () => {
  const { host } = open();
  await using _ = host;
  for (const key of ['default', 'local']) {
    const error = await thrownBy(toggle(host, key, 'other'));
    expect(error['code']).toBe('DS_RUN_SOLE');
    expect(error['hint']).toContain('services.other.run');
  }
});

test('the other run is away: exit 3, nothing is touched, and the pin stays', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  const second = await next(host);
  processes.setAvailable(away);
  const from = host.runner.calls.length;
  const error = await thrownBy(toggle(second, 'local'));
  expect(error['code']).toBe('DS_RUN_UNAVAILABLE');
  expect(error.message).toContain('nothing was changed: No engine answers.');
  expect(resolveExitCode(asErrors(error))).toBe(3);
  expect(done(host.runner.calls, from)).toEqual([]);
  expect(pinOf(second)).toBe('docker');
  await second.host.close();
});

test('the present run’s engine is away: the other is taken, and what was left is said', async () => {
  const { host, processes } = open({ db });
  await using _ = host;
  await host.up();
  host.runner.setAvailable(away);
  const second = await next(host);
  await toggle(second, 'local');
  expect(pinOf(second)).toBe('local');
  expect(messages(second).join('\n')).toContain('"docker" is left as it is: No engine answers.');
  const third = await next(second);
  expect(column(await third.up(), 'runner')).toEqual({ db: 'local' });
  expect([...processes.instances.keys()]).toEqual(['db']);
  await third.host.close();
});

test('it does not become ready: explained, the pin stays, its dependants too, and up goes back', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  const inside = host.runner.instances.get('inside');
  const second = await next(host);
  processes.exit('db', 3);
  const { services: rows, errors } = await toggle(second, 'local');
  expect(errors.map(({ code }) => code)).toEqual(['DS_SERVICE_EXITED']);
  expect(column({ services: rows }, 'state')).toMatchObject({ db: 'failed', inside: 'skipped' });
  expect(host.runner.instances.get('inside')).toEqual(inside);
  expect(pinOf(second)).toBe('docker');
  expect(messages(second).at(-1)).toMatch(/^db stays pinned to "docker": `devservices up` brings/);
  const third = await next(second);
  expect(column(await third.up(), 'action')).toMatchObject({
    db: 'recreated',
    inside: 'unchanged',
  });
  expect([...processes.instances.keys()]).toEqual(['beside']);
  await third.host.close();
});

test('it cannot even be made: the one before runs on', async () => {
  const { host, processes } = open();
  await using _ = host;
  await host.up();
  const present = host.runner.instances.get('db');
  const second = await next(host);
  processes.failOn('prepare db', away);
  expect((await toggle(second, 'local')).errors).toEqual([away]);
  expect(host.runner.instances.get('db')).toEqual(present);
  expect(pinOf(second)).toBe('docker');
  await second.host.close();
});

test('Ctrl-C while it is made ready leaves the pin; while its dependants are moved, not', async () => {
  for (const [held, pin] of [
    ['start db', 'docker'],
    ['start inside', 'local'],
  ] as const) {
    const { host, processes } = open();
    await using _ = host;
    await host.up();
    const control = new AbortController();
    const second = await next(host, { signal: control.signal });
    (held === 'start db' ? processes : host.runner).holdOn(held);
    const toggling = toggle(second, 'local');
    await saw(second, held.replace('start', 'starting'));
    control.abort(new Error('Ctrl-C'));
    expect(await codesOf(toggling)).toEqual(['Error: Ctrl-C']);
    expect(pinOf(second)).toBe(pin);
    await second.host.close();
  }
});
