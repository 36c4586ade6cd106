import { entry } from 'devservices/machine';

/** What is wrong with a task that a call started. */
export const taskErrors = {
  DS_API_TASK_FAILED: entry<{ task: string; exitCode: number }>({
    blame: 'outcome',
    title: 'A task that a call of the API started came to no good end',
    message: ({ task, exitCode }) =>
      `The task \`${task}\` came to no good end: its exit code is ${exitCode}.`,
    hint: () => 'The journal of the checkout says what was done; `GET /services` how it is now.',
  }),
};
