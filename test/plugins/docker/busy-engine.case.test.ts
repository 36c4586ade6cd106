import { describe, expect, onTestFinished, test } from 'vitest';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { type EngineProxy, startEngineProxy } from '../../rig/engine-proxy.ts';
import { type CaseProject, createCaseProject, never, nextMatching } from './case-project.ts';

const engine = await ensureEngine();

describe.skipIf(engine === null)('an engine that is busy, and answers late', () => {
  const { socketPath = '', images } = engine ?? {};
  const idle = { image: images?.tools ?? '', command: 'sleep 600' };

  async function open(): Promise<CaseProject & { proxy: EngineProxy }> {
    const proxy = await startEngineProxy({ target: socketPath });
    onTestFinished(() => proxy.close());
    return { proxy, ...(await createCaseProject(socketPath, { url: proxy.url })) };
  }

  test('a command that is given up before its process began is killed once it begins', async () => {
    const { proxy, runner, docker, run, target } = await open();
    const job = await run(target('job', idle));
    const giveUp = new AbortController();
    // The engine has the request, and nobody hears of it any more.
    let starts = 0;
    const isStart = ({ path }: { path: string }) => /^\/exec\/\w+\/start$/.test(path);
    proxy.fault((request) => (isStart(request) && ++starts === 1 ? 'hang' : undefined));
    const given = runner.exec(job, ['sleep', '777'], giveUp.signal);
    const { path } = await proxy.seen(isStart);
    giveUp.abort(new Error('no answer in time'));
    await expect(given).rejects.toThrow('no answer in time');
    // It was looked for once, and was not there.
    await proxy.seen((request) => isStart(request) && request.path !== path);
    await docker.getExec(path.split('/')[2] ?? '').start({ Detach: true });
    const running = async (): Promise<unknown> => {
      const { Processes } = (await docker.getContainer(job.id).top()) as { Processes: string[][] };
      return Processes.map((columns) => columns.at(-1));
    };
    await expect.poll(running, { timeout: 20_000 }).toEqual(['sleep 600']);
  }, 30_000);

  test('what is dead when it is looked at was removed', async () => {
    const { proxy, runner, project, docker, run, target } = await open();
    const job = await run(target('job', idle));
    const events = await runner.watch(project, never);
    const State = { Status: 'dead', Dead: true, Running: false, Restarting: false };
    proxy.fault(({ path }) =>
      path === `/containers/${job.id}/json` ? { status: 200, body: { State } } : undefined,
    );
    const [exited] = await Promise.all([
      nextMatching(events, ({ type }) => type === 'exited'),
      docker.getContainer(job.id).remove({ force: true }),
    ]);
    expect(exited).toMatchObject({ id: job.id, willRestart: false, isRemoval: true });
  }, 30_000);
});
