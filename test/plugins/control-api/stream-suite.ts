import { expect } from 'vitest';
import type { ApiClient, StreamEvent } from '../../../plugins/control-api/index.ts';
import { errorOf, unique } from './suite-calls.ts';
import type { SuiteGround } from './suite-ground.ts';

/** What holds of streams in whichever way they are read; each stands by itself, whatever was done before. */
export const streamSuite: Readonly<Record<string, (ground: SuiteGround) => Promise<void>>> = {
  async 'logs are followed over a restart, and gone on with after a cut, without gap or repeat'({
    client,
    say,
  }) {
    const api = client({ as: 'owner' });
    const params = { name: 'web' };
    await api.post('/services/{name}/start', { params });
    const word = unique('line');
    const open = (lastEventId?: string) =>
      follow(api.stream('/logs', { params: { service: ['web'] }, lastEventId }));
    const linesOf = ({ events }: ReturnType<typeof open>) =>
      events.flatMap(({ data }) => data.lines.map(({ text }) => text)).filter(isOwn);
    const isOwn = (text: string) => text.startsWith(`${word} `);

    const first = open();
    await say(`${word} 1`);
    await first.until(() => linesOf(first).length > 0);
    await api.post('/services/{name}/restart', { params });
    await say(`${word} 2`);
    await first.until(() => linesOf(first).includes(`${word} 2`));
    expect(linesOf(first)).toEqual([`${word} 1`, `${word} 2`]);
    await first.leave();

    await say(`${word} 3`);
    await api.post('/services/{name}/restart', { params });
    await say(`${word} 4`);
    const second = open(first.lastId());
    await second.until(() => linesOf(second).includes(`${word} 4`));
    await say(`${word} 5`);
    await second.until(() => linesOf(second).includes(`${word} 5`));
    expect(linesOf(second)).toEqual([`${word} 3`, `${word} 4`, `${word} 5`]);
    await second.leave();
  },

  async 'events are followed, and gone on with after a cut, without gap or repeat'({ client }) {
    const api = client({ as: 'owner' });
    const params = { name: 'web' };
    await api.post('/services/{name}/start', { params });
    const after = await beginOfLastRun(api);
    const event = ['service-state', 'up-finished', 'down-finished'];
    const open = (lastEventId?: string) =>
      follow(api.stream('/events', { params: { after, event }, lastEventId }));
    const isOver = ({ events }: ReturnType<typeof open>, task: string) =>
      events.some(({ data }) => data.event === `${task}-finished`);

    const first = open();
    await api.post('/services/{name}/stop', { params });
    await first.until(() => isOver(first, 'down'));
    await first.leave();
    await api.post('/services/{name}/start', { params });
    const second = open(first.lastId());
    await second.until(() => isOver(second, 'up'));
    await second.leave();
    const whole = open();
    await whole.until(() => whole.lastId() === second.lastId());
    await whole.leave();

    const seen = [...first.events, ...second.events];
    expect(seen).toEqual(whole.events);
    const ids = seen.map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    const states = seen.flatMap(({ data }) => (data['service'] === 'web' ? [data['state']] : []));
    expect(states).toContain('stopped');
    expect(states.at(-1)).toBe('ready');
  },

  async 'a stream ends when nobody wants it any more, and is for those who may read'({ client }) {
    const api = client({ as: 'owner' });
    await api.post('/services/{name}/start', { params: { name: 'db' } });
    const reader = new AbortController();
    const own = follow(api.stream('/events', { params: { after: -1 }, signal: reader.signal }));
    await own.until(() => own.events.length > 0);
    const reason = new Error('nobody wants it any more');
    reader.abort(reason);
    await expect(own.until(() => false)).rejects.toBe(reason);
    for (const path of ['/events', '/logs'] as const) {
      const refused = follow(client({ as: 'anonymous' }).stream(path));
      const error = await errorOf(refused.until(() => false));
      expect(error).toMatchObject({ status: 401, code: 'DS_API_PRINCIPAL_NEEDED', method: 'GET' });
    }
  },
};

async function beginOfLastRun(api: ApiClient): Promise<number> {
  const [run] = (await api.get('/timeline', { params: { limit: 1 } })).body.runs;
  if (!run) throw new Error('there is no run');
  return run.id;
}

/** Reads a stream as far as it is asked to. */
function follow<T>(stream: AsyncIterable<StreamEvent<T>>) {
  const events: StreamEvent<T>[] = [];
  const iterator = stream[Symbol.asyncIterator]();
  return {
    events,
    lastId: () => events.findLast(({ id }) => id !== undefined)?.id,
    async until(isEnough: () => boolean): Promise<void> {
      while (!isEnough()) {
        const { done, value } = await iterator.next();
        if (done === true) throw new Error('the stream has ended');
        events.push(value);
      }
    },
    async leave(): Promise<void> {
      await iterator.return?.();
    },
  };
}
