import { describe, expect, test } from 'vitest';
import { createPullProgress } from '../../../../plugins/docker/images/pull-progress.ts';
import type { PullLine } from '../../../../plugins/docker/images/pull-progress.ts';

/** What is said of a stream whose lines come so far apart. */
function follow(lines: readonly PullLine[], gapMs = 1000) {
  let nowMs = 0;
  const progress = createPullProgress('x', () => (nowMs += gapMs));
  const said = lines.flatMap((line) => progress.add(line) ?? []);
  return { progress, said: said.map(({ status, current, total }) => [status, current, total]) };
}

const line = (id: string, status: string, current?: number, total?: number): PullLine => ({
  id,
  status,
  progressDetail: current === undefined ? {} : { current, ...(total ? { total } : {}) },
});

describe('what people see of a pull', () => {
  test('bytes are fetched, then extracted; layers that are here count for nothing', () => {
    const { said, progress } = follow([
      { status: 'Pulling from library/x', id: 'latest' },
      line('base', 'Already exists'),
      line('a', 'Pulling fs layer'),
      line('b', 'Pulling fs layer'),
      line('a', 'Downloading', 40, 100),
      line('a', 'Download complete'),
      line('b', 'Waiting'),
      line('b', 'Downloading', 25, 50),
      line('b', 'Verifying Checksum'),
      line('b', 'Download complete'),
      line('a', 'Extracting', 30, 100),
      line('a', 'Pull complete'),
      line('b', 'Extracting', 50, 50),
      line('b', 'Pull complete'),
      { status: 'Digest: sha256:abc' },
    ]);
    expect(said).toEqual([
      ['pulling', undefined, undefined],
      ['pulling', 40, 100],
      ['pulling', 100, 100],
      ['pulling', 125, 150],
      ['extracting', 0, 150],
      ['extracting', 30, 150],
      ['extracting', 100, 150],
      ['extracting', 150, 150],
    ]);
    expect(progress.fetched()).toBe(150);
  });

  test('an engine that counts seconds while it extracts, one that says nothing of it, one that knows no size', () => {
    const seconds: PullLine = {
      id: 'a',
      status: 'Extracting',
      progressDetail: { current: 3, units: 's' },
    };
    const end = [
      ['pulling', 10, 100],
      ['extracting', 0, 100],
      ['extracting', 100, 100],
    ];
    const begin = line('a', 'Downloading', 10, 100);
    const done = [line('a', 'Download complete'), line('a', 'Pull complete')];
    expect(follow([begin, seconds, ...done.slice(1)]).said).toEqual(end);
    expect(follow([begin, ...done]).said).toEqual(end);
    const { said } = follow([line('a', 'Downloading', 10), line('a', 'Downloading', 70)]);
    expect(said.map(([, current]) => current)).toEqual([0, 0]);
  });

  test('a layer that begins anew is said, and counted anew', () => {
    const { said, progress } = follow([
      line('a', 'Downloading', 60, 100),
      line('a', 'Retrying in 5 seconds'),
      line('a', 'Downloading', 10, 100),
    ]);
    expect(said).toEqual([
      ['pulling', 60, 100],
      ['trying again', 0, 100],
      ['pulling', 10, 100],
    ]);
    expect(progress.wasRetried).toBe(true);
  });

  test('what nobody could see is not told: bytes ten times a second, a new word at once', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      line('a', 'Downloading', index + 1, 1000),
    );
    const { said } = follow([...many, line('a', 'Download complete')], 10);
    expect(said).toHaveLength(11);
    expect(said.at(-1)).toEqual(['extracting', 0, 1000]);
  });

  test.each([
    { status: 'Something new', id: 'a' },
    { status: 'Downloading', id: 'a', progressDetail: null },
    { id: 'a' },
    {},
  ])('a line that is not known breaks nothing: %j', (odd) => {
    const { said } = follow([odd, line('b', 'Downloading', 1, 2)]);
    expect(said.at(-1)).toEqual(['pulling', 1, 2]);
  });
});
