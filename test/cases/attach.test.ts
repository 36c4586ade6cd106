import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { type Checkout, createCheckout, type RunOptions } from '../rig/checkout.ts';
import { ensureEngine } from '../rig/engine/ensure-engine.ts';
import { startEngineProxy } from '../rig/engine-proxy.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('attach', () => {
  if (!engine) return;
  const checkout = createCheckout(engine);
  const image = engine.images.tools;
  const script = (text: string, more: object = {}) => ({
    kind: 'container',
    image,
    command: ['sh', '-c', text],
    ...more,
  });
  const configure = (services: Record<string, unknown>, on: Checkout = checkout) =>
    on.write({ 'devservices.config.json': JSON.stringify({ services }) });
  const patient = `trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done`;
  const removeRelay = async (): Promise<void> => {
    const { relay = '' } = await checkout.containers();
    await checkout.docker.getContainer(relay).remove({ force: true });
  };
  /** Sends signals when the service has written a line. */
  const signalled = (...signals: NodeJS.Signals[]): RunOptions => {
    let isSent = false;
    return {
      onOutput(text, kill) {
        if (isSent || !text.includes('up\n')) return;
        isSent = true;
        for (const signal of signals) kill(signal);
      },
    };
  };
  afterEach(async () => {
    const left = Object.values(await checkout.containers());
    await Promise.all(left.map((id) => checkout.docker.getContainer(id).remove({ force: true })));
  });
  afterAll(() => checkout[Symbol.asyncDispose]());

  test.each([0, 3, 137])('the exit code %i is passed on, with every line', async (code) => {
    configure({ relay: { run: script(`echo one; echo two >&2; exit ${code}`) } });
    const { exitCode, stdout } = await checkout.task('attach', ['relay']);
    expect({ exitCode, lines: stdout.split('\n').toSorted() }).toEqual({
      exitCode: code,
      lines: ['', 'one', 'two'],
    });
    expect(await checkout.containers()).toEqual({});
  });

  test('what it needs is brought up first, the network too, and stays', async () => {
    configure({
      db: { run: script('sleep 1000', { init: true }) },
      relay: {
        run: script('getent hosts db > /dev/null && echo found'),
        dependsOn: ['db'],
        autoStart: false,
      },
    });
    const { exitCode, stdout, stderr } = await checkout.task('attach', ['relay']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'found\n' });
    expect(stderr).toContain('db: ready');
    expect(Object.keys(await checkout.containers())).toEqual(['db']);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s stops it in its own way, and its status is the end',
    async (signal) => {
      configure({ relay: { run: script(patient, { restart: 'always' }) } });
      const { exitCode, stdout } = await checkout.task('attach', ['relay'], signalled(signal));
      expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: 'up\nbye\n' });
      expect(await checkout.containers()).toEqual({});
    },
  );

  test('Ctrl-C twice during attach is one stop', async () => {
    const proxy = await startEngineProxy({ target: engine.socketPath });
    // One that takes no notice of a stop would keep the second one waiting for its grace period.
    configure({ relay: { run: script(`trap '' TERM; echo up; while :; do sleep 0.05; done`) } });
    const { onOutput } = signalled('SIGINT');
    let child: ((signal: NodeJS.Signals) => void) | undefined;
    void proxy
      .seen(({ method, path }) => method === 'POST' && path.endsWith('/stop'))
      .then(() => child?.('SIGINT'));
    const { exitCode } = await checkout.task('attach', ['relay'], {
      env: { DOCKER_HOST: proxy.url },
      onOutput(text, kill) {
        child = kill;
        onOutput?.(text, kill);
      },
    });
    const stops = proxy.requests.filter(({ path }) => path.endsWith('/stop'));
    await proxy.close();
    expect({ exitCode, stops: stops.length }).toEqual({ exitCode: 137, stops: 1 });
    expect(await checkout.containers()).toEqual({});
  });

  test('one that runs already is followed, and never stopped', async () => {
    configure({ relay: { run: script(patient) } });
    await checkout.task('up');
    const before = await checkout.containers();
    const { exitCode, stdout, stderr } = await checkout.task(
      'attach',
      ['relay'],
      signalled('SIGINT'),
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: 'up\n' });
    expect(stderr).toContain('relay keeps running.');
    expect(await checkout.containers()).toEqual(before);
    const relay = checkout.docker.getContainer(before['relay'] ?? '');
    expect((await relay.inspect()).State.Running).toBe(true);
  });

  test('one that runs already and ends passes its status on', async () => {
    configure({ relay: { run: script(patient) } });
    await checkout.task('up');
    const { relay = '' } = await checkout.containers();
    const { exitCode } = await checkout.task('attach', ['relay'], {
      onOutput(text) {
        if (text.includes('up')) void checkout.docker.getContainer(relay).stop();
      },
    });
    expect(exitCode).toBe(7);
  });

  test('removed from outside: said, and 125', async () => {
    configure({ relay: { run: script(patient) } });
    const { exitCode, stderr } = await checkout.task('attach', ['relay'], {
      onOutput(text) {
        if (text.includes('up')) void removeRelay();
      },
    });
    expect(exitCode).toBe(125);
    expect(stderr).toContain('relay was removed from outside');
  });

  test('an `up` beside it finds it unchanged', async () => {
    configure({ relay: { run: script(patient) } });
    let beside: Promise<unknown> | undefined;
    const { exitCode } = await checkout.task('attach', ['relay'], {
      onOutput(text, kill) {
        if (!text.includes('up')) return;
        beside ??= checkout.task('up', ['--json']).then((ran) => {
          kill('SIGINT');
          return ran.finished.services['relay']?.action;
        });
      },
    });
    expect({ exitCode, action: await beside }).toEqual({ exitCode: 7, action: 'unchanged' });
  });

  test('what it needs fails: 125, and it is not started', async () => {
    configure({
      db: { run: script('exit 4'), ready: { kind: 'log', pattern: 'never' } },
      relay: { run: script('echo never'), dependsOn: ['db'] },
    });
    const { exitCode, stdout, stderr } = await checkout.task('attach', ['relay']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 125, stdout: '' });
    expect(stderr).toContain('db ended with exit code 4');
    expect(Object.keys(await checkout.containers())).toEqual(['db']);
  });

  test('an unknown service is 125, with a suggestion', async () => {
    configure({ relay: { run: script('true') } });
    const { exitCode, stderr } = await checkout.task('attach', ['rely']);
    expect(exitCode).toBe(125);
    expect(stderr).toContain('Did you mean "relay"?');
  });

  test('a one-shot that completed runs again', async () => {
    configure({
      migrate: { run: script('echo migrated') },
      api: { run: script('sleep 1000', { init: true }), dependsOn: { migrate: 'completed' } },
    });
    await checkout.task('up');
    const { exitCode, stdout } = await checkout.task('attach', ['migrate']);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'migrated\n' });
  });

  test('two projects side by side: neither touches the other', async () => {
    const other = createCheckout(engine);
    configure({ relay: { run: script(patient) } }, other);
    await other.task('up');
    const before = await other.containers();
    configure({ relay: { run: script('echo mine') } });
    expect((await checkout.task('attach', ['relay'])).stdout).toBe('mine\n');
    expect(await other.containers()).toEqual(before);
    await other[Symbol.asyncDispose]();
  });
});
