import { definePlugin } from 'devservices';

/** Runs services as processes of this machine, under a supervisor that is there only while they are. */
export const processes = definePlugin({
  name: 'process',
  // All of it: a process has the variables of whoever started it.
  permissions: { env: ['*'] },
  setup({ env, runner }) {
    runner('process', async (context) => {
      const { createProcessRunner } = await import('./runner/process-runner.ts');
      return createProcessRunner({ ...context, env });
    });
  },
});
