import { describe, expect, test } from 'vitest';
import { walkUntil } from '../connect/walk-until.ts';
import { transient } from '../fake-provider.ts';
import { createSessionRig } from './session-rig.ts';

const never = new AbortController().signal;

test('an unknown name is an error with a suggestion, what there is, and where', async () => {
  const { session, provider } = createSessionRig();
  provider.show('box', 'running');
  provider.show('anvil', 'stopped');
  await expect(session.status('bxo', never)).rejects.toMatchObject({
    code: 'DS_WORKSTATION_UNKNOWN',
    message:
      'There is no workstation "bxo" in the project shop. Did you mean "box"? There are: anvil, box.',
  });
});

describe('the check of the provider', () => {
  test('is made once a session, and nothing counts before', async () => {
    const { session, provider } = createSessionRig();
    provider.show('box', 'running');
    await session.list(never);
    await session.status('box', never);
    expect(provider.count('check')).toBe(1);
  });

  test('is what people are told, whatever else failed beside it', async () => {
    const { session, provider } = createSessionRig();
    const signedOut = new Error('signed out');
    provider.fail('check', signedOut);
    provider.fail('list', new Error('403'));
    await expect(session.list(never)).rejects.toBe(signedOut);
    // Signed in meanwhile.
    expect(await session.list(never)).toEqual([]);
  });

  test('does not wait for a question that is never answered', async () => {
    const { session, provider } = createSessionRig();
    provider.fail('check', new Error('signed out'));
    provider.fail('list', 'hang');
    await expect(session.list(never)).rejects.toThrow('signed out');
  });
});

test('a question that fails for now is asked again, three times at most, and then failed as a whole', async () => {
  const { session, provider, clock, told } = createSessionRig();
  provider.fail('list', transient('HTTP 503'), transient('HTTP 429'));
  expect(await walkUntil(clock, session.list(never))).toMatchObject({ value: [], tookMs: 2500 });
  expect(told).toEqual(['HTTP 503; trying again', 'HTTP 429; trying again']);
  provider.fail('list', ...Array.from({ length: 9 }, () => transient('HTTP 503')));
  const { error } = await walkUntil(clock, session.list(never));
  expect(error).toEqual(new Error('all of HTTP 503'));
  expect(provider.count('list')).toBe(6);
});

describe('start and stop', () => {
  test('wait until it is so, within the limit that they are given', async () => {
    const { session, provider, clock } = createSessionRig();
    provider.show('box', 'stopped');
    provider.showAfter('start box', 'starting', 'running');
    const started = await walkUntil(clock, session.start('box', { signal: never }));
    expect(started.value).toMatchObject({ name: 'box', state: 'running' });
    provider.showAfter('stop box', 'stopping', 'stopped');
    const stopped = await walkUntil(clock, session.stop('box', { signal: never }));
    expect(stopped.value).toMatchObject({ name: 'box', state: 'stopped' });
    provider.showAfter('start box', 'starting');
    const waiting = session.start('box', { signal: never, timeoutMs: 5000 });
    const late = await walkUntil(clock, waiting);
    expect(late).toMatchObject({ error: { code: 'DS_WORKSTATION_TIMEOUT' }, tookMs: 5000 });
  });

  test('the limit holds for the first look as well', async () => {
    const { session, provider, clock } = createSessionRig();
    provider.show('box', 'hang');
    const waiting = session.start('box', { signal: never, timeoutMs: 5000 });
    expect(await walkUntil(clock, waiting)).toMatchObject({
      error: {
        code: 'DS_WORKSTATION_TIMEOUT',
        message: expect.stringContaining('Nothing was seen'),
      },
      tookMs: 5000,
    });
  });
});

describe('delete', () => {
  test('of one that is not there is no failure, and asks nothing', async () => {
    const { session, provider } = createSessionRig();
    expect(await session.losses('box', never)).toEqual([]);
    expect(await session.delete('box', { signal: never })).toEqual({ wasThere: false });
    expect(provider.count('delete box')).toBe(0);
  });

  test('waits until it is gone', async () => {
    const { session, provider, clock } = createSessionRig();
    provider.show('box', 'running');
    expect(await session.losses('box', never)).toEqual(['the home volume of box']);
    provider.showAfter('delete box', 'stopping', 'stopping', 'gone');
    const { value } = await walkUntil(clock, session.delete('box', { signal: never }));
    expect(value).toEqual({ wasThere: true });
  });
});

describe('create', () => {
  test('says what it makes before it does', async () => {
    const { session, provider, told, abort } = createSessionRig();
    provider.fail('create box', 'hang');
    const making = session.create('box', { signal: abort.signal });
    making.catch(() => {});
    await expect.poll(() => provider.calls).toContain('create box');
    expect(told).toEqual([
      'Making the workstation box:',
      '  project: shop',
      '  region: here',
      '  cluster: main',
      '  config: big',
      '  machine type: e2-standard-8',
      '  cost: It costs nothing.',
    ]);
    abort.abort(new Error('enough'));
    await expect(making).rejects.toThrow('enough');
  });

  test('whose answer is lost is looked for first, and asked for again only where it is not there', async () => {
    const { session, provider, clock } = createSessionRig();
    provider.fail('create box', transient('HTTP 503'), transient('no answer'));
    provider.show('box', 'gone', 'gone', 'starting', 'gone');
    const { error } = await walkUntil(clock, session.create('box', { signal: never }));
    expect(error).toMatchObject({ code: 'DS_WORKSTATION_GONE' });
    expect(provider.calls.filter((call) => /create|look/.test(call)).slice(0, 4)).toEqual([
      'create box',
      'look box',
      'create box',
      'look box',
    ]);
    expect(provider.count('create box')).toBe(2);
  });

  test('that comes to nothing is a failure of the workstation, not of whoever asked', async () => {
    const { session, provider, clock } = createSessionRig();
    const { error } = await walkUntil(clock, session.create('box', { signal: never }));
    expect(error).toMatchObject({ code: 'DS_WORKSTATION_FAILED', blame: 'outcome' });
    expect(provider.count('create box')).toBe(1);
  });

  test('of one that is there makes none, and says so', async () => {
    const { session, provider, clock, told } = createSessionRig();
    provider.show('box', 'stopped');
    provider.showAfter('start box', 'starting', 'stopped');
    const { error } = await walkUntil(clock, session.create('box', { signal: never }));
    expect(error).toMatchObject({ code: 'DS_WORKSTATION_FAILED' });
    expect(provider.count('create box')).toBe(0);
    expect(told[0]).toBe(
      'There is a workstation box in the project shop (region here, cluster main, config big); connecting to it.',
    );
  });
});

test('an interruption asks nothing more, and says that it goes on there and how one sees it', async () => {
  const { session, provider, clock, told, abort } = createSessionRig();
  provider.show('box', 'stopped');
  provider.showAfter('start box', 'starting');
  const waiting = session.connect('box', { signal: abort.signal });
  waiting.catch(() => {});
  await clock.advance(20_000);
  const reason = new Error('interrupted');
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(told.at(-1)).toMatch(/left as it is.*`devservices workstations status box`/);
  expect(provider.calls.filter((call) => /stop|delete/.test(call))).toEqual([]);
  expect(clock.sleeping).toBe(0);
});
