import { describe, expect, test } from 'vitest';
import type { ImageProgress } from '../../../core/events.ts';
import { createPullTeller, pullBars, pulledLine } from '../../../core/render/pull-lines.ts';
import { createTerminalRenderer } from '../../../core/render/terminal-renderer.ts';
import { createTextStyle } from '../../../core/render/text-style.ts';
import { widthOf } from '../../../core/render/text-width.ts';
import { createFakeClock } from '../../../core/testing/fake-clock.ts';
import { event, plain, recordOutput, state } from './event-script.ts';

const at = (
  status: string,
  current?: number,
  more: Partial<ImageProgress> = {},
): ImageProgress => ({
  image: 'db:1',
  status,
  ...(current === undefined ? {} : { current: current * 1e6, total: 100e6 }),
  ...more,
});
const pulled = at('pulled', 100, { elapsedMs: 12_340 });

describe('off a terminal', () => {
  /** Lines, and the second in which each was written. */
  function write(...steps: readonly [second: number, progress: ImageProgress][]): string[] {
    const teller = createPullTeller();
    return steps.flatMap(([second, progress]) => {
      const line = teller.tell(progress, second * 1000);
      return line === undefined ? [] : [`${second} ${line}`];
    });
  }

  test('a pull says that it began, each ten seconds how far it is, and what it came to', () => {
    const seconds = Array.from({ length: 24 }, (_, index) => index + 1);
    expect(
      write(
        [0, at('pulling')],
        ...seconds.map((second) => [second, at('pulling', second * 4)] as [number, ImageProgress]),
        [25, at('extracting', 0)],
        [31, at('extracting', 50)],
        [33, pulled],
      ),
    ).toEqual([
      '0 db:1: pulling',
      '10 db:1: pulling, 40 % of 100.0 MB',
      '20 db:1: pulling, 80 % of 100.0 MB',
      '31 db:1: extracting, 50 % of 100.0 MB',
      '33 db:1: pulled 100.0 MB in 12.3 s',
    ]);
  });

  test('what is in the way is said at once, each time another', () => {
    expect(
      write(
        [0, at('pulling')],
        [1, at('trying again: EOF')],
        [1, at('trying again: EOF')],
        [2, at('pulling', 3)],
        [62, at('no progress for 60 s', 3)],
        [63, at('not pulled')],
      ),
    ).toEqual([
      '0 db:1: pulling',
      '1 db:1: trying again: EOF',
      '2 db:1: pulling, 3 % of 100.0 MB',
      '62 db:1: no progress for 60 s, 3 % of 100.0 MB',
      '63 db:1: not pulled',
    ]);
  });

  test('the steps of a build are told like bytes, its end at once', () => {
    const steps = [1, 2, 11].map((second) => [second, at(`building ${second}/11`)] as const);
    expect(
      write(
        [0, at('building')],
        ...steps.map(([second, step]) => [second, step] as [number, ImageProgress]),
        [12, at('build done')],
      ),
    ).toEqual(['0 db:1: building', '11 db:1: building 11/11', '12 db:1: build done']);
    expect(pullBars([at('building 2/11'), at('build done')], plain)).toEqual([
      '  db:1  building 2/11',
    ]);
  });

  test('several at once have lines of their own', () => {
    const other = { image: 'api:1' };
    expect(write([0, at('pulling')], [0, at('pulling', 1, other)], [3, at('pulling', 2)])).toEqual([
      '0 db:1: pulling',
      '0 api:1: pulling',
    ]);
  });

  test('an image that was here is not called pulled', () => {
    expect(pulledLine(at('up to date'))).toBeUndefined();
    expect(write([0, at('pulling')], [1, at('up to date')])).toEqual([
      '0 db:1: pulling',
      '1 db:1: up to date',
    ]);
  });
});

describe('on a terminal', () => {
  test('bars stand under one another, as wide as the terminal lets them be', () => {
    const images = [at('pulling', 50), at('extracting', 20, { image: 'registry.example/api:1' })];
    const lines = pullBars([...images, pulled], plain);
    expect(lines).toHaveLength(2);
    const [first = '', second = ''] = lines;
    expect(first.indexOf('━')).toBe(second.indexOf('━'));
    const narrow = pullBars(images, createTextStyle({ isColoured: false, columns: 40 }));
    expect(widthOf(narrow[0] ?? '')).toBeLessThan(widthOf(first));
  });

  test('what was pulled stays as a line above, and its bar goes', () => {
    const out = recordOutput({ isTerminal: true });
    const clock = createFakeClock();
    const renderer = createTerminalRenderer({
      out,
      err: recordOutput({ isTerminal: true }),
      clock,
      isColoured: { out: false, err: false },
      isVerbose: false,
      isQuery: false,
      logFormat: () => 'human',
    });
    renderer.onEvent(state(0, 'db', 'pulling'));
    renderer.onEvent(event(1, { event: 'image-progress', ...at('pulling', 50) }));
    out.take();
    renderer.onEvent(event(2, { event: 'image-progress', ...pulled }));
    expect(out.take()).toContain('db:1: pulled 100.0 MB in 12.3 s\n');
    renderer.close();
  });
});
