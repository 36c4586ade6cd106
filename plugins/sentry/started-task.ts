import type { PluginContext } from 'devservices';

/** What was called, as its first event says: `run`, though it asks for an `up`, or `reset`, which takes down. */
export function startedTask(events: PluginContext<unknown>['events']): string | undefined {
  let task: string | undefined;
  const leave = events.subscribe(
    (event) => {
      if (event.event === 'task-started') task ??= event.task;
    },
    { replay: true },
  );
  leave();
  return task;
}
