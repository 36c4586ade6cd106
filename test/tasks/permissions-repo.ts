import { expect } from 'vitest';
import { createRepo, type MainRun } from '../core/cli/run-main.ts';

const config = `
  import { store } from 'devservices/plugins/store';
  import { permissions } from 'devservices/plugins/permissions';
  export default { plugins: [store(), permissions({ declare: [
    { name: 'mail.read', description: 'Reads all mail' },
    { name: 'mail.send', description: 'Sends mail' },
  ] })] };`;

/** A repo with a store, and what `devservices permissions …` comes to in it. */
export function createPermissionsRepo() {
  const repo = createRepo({ 'devservices.config.ts': config });
  const run = (words: string): Promise<MainRun> => repo.run('permissions', ...words.split(' '));
  return {
    repo,
    run,
    /** Exit status and all lines, without the marks. */
    async tell(words: string): Promise<[number, ...string[]]> {
      const { exitCode, stdout, stderr } = await run(words);
      return [exitCode, ...`${stdout}${stderr}`.split('\n').filter(Boolean)];
    },
    async document(words: string): Promise<unknown> {
      const { stdout, stderr } = await run(`${words} --json`);
      expect(stderr).toBe('');
      return JSON.parse(stdout) as unknown;
    },
    /** The end of an action. */
    async finished(words: string): Promise<Record<string, unknown>> {
      const end = (await run(`${words} --json`)).json().at(-1);
      expect(end).toMatchObject({ event: 'permissions-finished' });
      return end as Record<string, unknown>;
    },
  };
}
