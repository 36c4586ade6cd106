import type { Finding } from 'devservices/runner';
import { isOnPath } from '../engine/find-starter.ts';
import { runProgram } from '../engine/run-program.ts';

interface Tool {
  name: string;
  args: readonly string[];
  /** Who misses it. */
  need?: string;
}

// By the default context: one that is missing makes every command of the CLI fail.
const tools: readonly Tool[] = [
  { name: 'docker CLI', args: ['--version'] },
  {
    name: 'buildx',
    args: ['--context', 'default', 'buildx', 'version'],
    need: 'builds in parallel and with secrets need it',
  },
  { name: 'compose', args: ['--context', 'default', 'compose', 'version', '--short'] },
];

/** The docker command line and its plugins. */
export async function inspectTools(options: {
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}): Promise<Finding[]> {
  if (!isOnPath('docker', options.env)) {
    return [
      {
        name: 'docker CLI',
        level: 'warning',
        text: 'not on the PATH: services with `build` can not be built',
        hint: 'Install the docker command line.',
      },
    ];
  }
  return Promise.all(
    tools.map(async ({ name, args, need = 'nothing here needs it' }): Promise<Finding> => {
      const { exitCode, stdout } = await runProgram({ program: 'docker', args, ...options });
      const [, version] = /v?(\d+\.\d+[\w.+-]*)/.exec(stdout) ?? [];
      if (version !== undefined) return { name, level: 'ok', text: version, facts: { version } };
      const text = exitCode === null ? 'does not answer' : `not there (${need})`;
      return { name, level: 'ok', text, facts: { version: null } };
    }),
  );
}
