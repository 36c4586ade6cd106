import type { LogLine, LogOptions, RunnerEvent } from 'devservices/runner';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { startEngineProxy } from '../../rig/engine-proxy.ts';
import { createCaseProject, never, nextMatching } from './case-project.ts';
import type { CaseProject } from './case-project.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('output and events on a real engine', () => {
  const { socketPath = '', images } = engine ?? {};
  const tools = images?.tools ?? '';
  const open = () => createCaseProject(socketPath);
  const script = (text: string) => ({ image: tools, command: ['sh', '-c', text] });

  async function logsOf(
    { runner, run, target }: CaseProject,
    text: string,
    options: Partial<LogOptions> = {},
  ): Promise<LogLine[]> {
    const job = await run(target('job', script(text)));
    const lines: LogLine[] = [];
    const follow = { follow: true, signal: never, ...options };
    for await (const line of runner.logs(job, follow)) lines.push(line);
    return lines;
  }

  test('a followed log ends with the container, streams apart, times told', async () => {
    const lines = await logsOf(await open(), 'echo one; echo zwölf >&2; printf last');
    expect(lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text)).toEqual([
      'one',
      'last',
    ]);
    expect(lines.filter(({ stream }) => stream === 'stderr')).toEqual([
      { service: 'job', stream: 'stderr', text: 'zwölf', at: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
  });

  test('lines longer than the engine’s own pieces are whole', async () => {
    const print =
      'i=0; while [ $i -lt 2000 ]; do printf "äöü%04d56789012" $i; i=$((i+1)); done; echo';
    const lines = await logsOf(await open(), print);
    const expected = Array.from(
      { length: 2000 },
      (_, index) => `äöü${String(index).padStart(4, '0')}56789012`,
    ).join('');
    expect(lines.map(({ text }) => text)).toEqual([expected]);
  });

  test('tail and since leave out what was before', async () => {
    const project = await open();
    await logsOf(project, 'echo a; echo b; echo c');
    const [job] = (await project.runner.observe(project.project, never)).instances;
    const read = async (options: Partial<LogOptions>) => {
      const lines: string[] = [];
      const all = { follow: false, signal: never, ...options };
      for await (const { text } of project.runner.logs(job!, all)) lines.push(text);
      return lines;
    };
    expect(await read({ tail: 2 })).toEqual(['b', 'c']);
    expect(await read({ tail: 0 })).toEqual([]);
    expect(await read({ sinceMs: Date.now() + 60_000 })).toEqual([]);
    expect(await read({ sinceMs: 0 })).toEqual(['a', 'b', 'c']);
  });

  test('an aborted log ends quietly', async () => {
    const { runner, run, target } = await open();
    const job = await run(target('job', { ...script('echo one; sleep 600') }));
    const stop = new AbortController();
    const lines: string[] = [];
    for await (const { text } of runner.logs(job, { follow: true, signal: stop.signal })) {
      lines.push(text);
      stop.abort();
    }
    expect(lines).toEqual(['one']);
  });

  test('exec gives status and the end of the output, without a shell', async () => {
    const { runner, run, target } = await open();
    const job = await run(target('job', { image: tools, command: 'sleep 600' }));
    const exec = (...command: string[]) => runner.exec(job, command, never);
    expect(await exec('echo', '$HOME; a "b"')).toEqual({ exitCode: 0, output: '$HOME; a "b"\n' });
    expect(await exec('sh', '-c', 'echo out; echo err >&2; exit 3')).toMatchObject({ exitCode: 3 });
    const { exitCode, output } = await exec('no-such-program');
    expect(exitCode).not.toBe(0);
    expect(output).toContain('no-such-program');
    const long = await exec('sh', '-c', 'seq 1 100000');
    expect(Buffer.byteLength(long.output)).toBeLessThanOrEqual(16 * 1024);
    expect(long.output.endsWith('99999\n100000\n')).toBe(true);
  });

  test('an aborted exec returns at once, and its processes are ended', async () => {
    const { runner, run, target } = await open();
    const job = await run(target('job', { image: tools, command: 'sleep 600' }));
    const stop = new AbortController();
    const hangs = runner.exec(job, ['sh', '-c', 'touch /begun; sleep 4321; true'], stop.signal);
    const ask = (text: string) => runner.exec(job, ['sh', '-c', text], AbortSignal.timeout(10_000));
    await ask('until [ -e /begun ]; do :; done');
    stop.abort(new Error('too long'));
    await expect(hangs).rejects.toThrow('too long');
    const { exitCode } = await ask('while grep -qs sleep.[4]321 /proc/[0-9]*/cmdline; do :; done');
    expect(exitCode).toBe(0);
  }, 20_000);

  test('exec in a container that does not run is an error of ours', async () => {
    const { runner, prepare, target } = await open();
    const job = await prepare(target('job', { image: tools, command: 'true' }));
    await expect(runner.exec(job, ['true'], never)).rejects.toMatchObject({
      code: 'DS_DOCKER_REQUEST_FAILED',
    });
  });

  test('a short life is told: started, exited, removed', async () => {
    const { runner, project, run, target } = await open();
    const events = await runner.watch(project, never);
    const job = await run(target('job', script('exit 7')));
    const common = { service: 'job', id: job.id };
    const seen: RunnerEvent[] = [];
    let removing: Promise<void> | undefined;
    await nextMatching(events, (event) => {
      seen.push(event);
      if (event.type === 'exited') removing = runner.remove(job, never);
      return event.type === 'removed';
    });
    await removing;
    expect(seen).toMatchObject([
      { type: 'started', ...common },
      { type: 'exited', exitCode: 7, willRestart: false, ...common },
      { type: 'removed', ...common },
    ]);
  });

  test('an exit says whether the engine starts it again', async () => {
    const { runner, project, run, target } = await open();
    const events = await runner.watch(project, never);
    await run(target('job', { ...script('exit 7'), restart: 'on-failure:1' }));
    const seen: boolean[] = [];
    await nextMatching(events, (event) => {
      if (event.type === 'exited') seen.push(event.willRestart);
      return seen.length === 2;
    });
    expect(seen).toEqual([true, false]);
  });

  test('health is told when it changes', async () => {
    const { runner, project, run, target } = await open();
    const events = await runner.watch(project, never);
    const healthcheck = { test: 'test -e /tmp/ok', interval: '20ms', retries: 1 };
    const job = await run(target('job', { image: tools, command: 'sleep 600', healthcheck }));
    const healthOf = async () =>
      nextMatching(events, ({ type }) => type === 'health') as Promise<{ health: string }>;
    const first = await healthOf();
    expect(first.health).toBe('unhealthy');
    const [observed] = (await runner.observe(project, never)).instances;
    expect(observed).toMatchObject({ id: job.id, health: 'unhealthy' });
  }, 20_000);

  test('events of other projects are not heard', async () => {
    const [one, other] = [await open(), await open()];
    const events = await one.runner.watch(one.project, never);
    await other.run(other.target('job', script('exit 1')));
    await one.run(one.target('mine', script('exit 2')));
    const first = await nextMatching(events, () => true);
    expect(first).toMatchObject({ service: 'mine' });
  });

  test('a cut is said, and what happened meanwhile is made up for', async () => {
    const proxy = await startEngineProxy({ target: socketPath });
    onTestFinished(() => proxy.close());
    const { runner, project, run, target, docker } = await createCaseProject(socketPath, {
      url: proxy.url,
    });
    const job = await run(target('job', { image: tools, command: 'sleep 600' }));
    const events = await runner.watch(project, never);
    const seen: string[] = [];
    const lost: string[] = [];
    let isBack = () => {};
    const back = new Promise<void>((resolve) => (isBack = resolve));
    proxy.fault(({ path }) => (path === '/events' ? { delayUntil: back } : undefined));
    proxy.breakConnections();
    await nextMatching(events, (event) => {
      seen.push(event.type);
      if (event.type === 'lost') {
        lost.push(event.error.code);
        void docker.getContainer(job.id).kill().then(isBack);
      }
      return event.type === 'exited';
    });
    expect(seen.filter((type) => type !== 'started')).toEqual(['lost', 'regained', 'exited']);
    expect(lost).toEqual(['DS_DOCKER_LOST']);
  }, 20_000);

  test('a watch ends with its signal', async () => {
    const { runner, project } = await open();
    const stop = new AbortController();
    const events = await runner.watch(project, stop.signal);
    stop.abort();
    for await (const event of events) expect.fail(`said ${event.type}`);
  });
});
