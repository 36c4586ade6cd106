import { expect, test } from 'vitest';
import { taskHelpText } from '../../../core/cli/help.ts';
import { createTextStyle } from '../../../core/render/text-style.ts';
import { widthOf } from '../../../core/render/text-width.ts';
import { builtInTasks } from '../../../core/tasks/built-in.ts';
import type { Task } from '../../../core/tasks/define-task.ts';
import { describeTask } from '../../../core/tasks/task-metadata.ts';

const loadAll = () =>
  Promise.all(
    Object.values(builtInTasks).map(async (load) => describeTask((await load()).default as Task)),
  );

test.each([80, 120])('every help fits into %i columns, broken between words', async (columns) => {
  const style = createTextStyle({ isColoured: false, columns });
  for (const task of await loadAll()) {
    const lines = taskHelpText(task, style).split('\n');
    expect(lines.filter((line) => widthOf(line) >= columns)).toEqual([]);
    const wide = taskHelpText(task, { ...style, columns: 10_000 });
    expect(lines.join(' ').split(/\s+/)).toEqual(wide.split(/\s+/));
  }
});

test('what stands behind -- stands last, so that a line typed as shown is understood', async () => {
  const style = createTextStyle({ isColoured: false, columns: 80 });
  const exec = (await loadAll()).find(({ name }) => name === 'exec');
  expect(taskHelpText(exec as NonNullable<typeof exec>, style)).toContain(
    'Usage: devservices exec SERVICE [flags] -- COMMAND…\n',
  );
});
