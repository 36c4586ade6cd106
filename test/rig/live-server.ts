import { onTestFinished } from 'vitest';
import type { DevServicesEvent } from '../../core/events.ts';
import type { Checkout, Ran, RunOptions } from './checkout.ts';

/** `devservices serve --json` under way. */
export interface LiveServer {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<Ran>;
}

/** Starts one and resolves when it listens; it ends with the test. Rejects where it ends before. */
export async function startServer(
  checkout: Checkout,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<LiveServer> {
  let kill: LiveServer['kill'] | undefined;
  let said = '';
  let tell: ((server: Omit<LiveServer, 'ended'>) => void) | undefined;
  const serving = new Promise<Omit<LiveServer, 'ended'>>((resolve) => (tell = resolve));
  const ended = checkout.task('serve', ['--json', ...args], {
    ...options,
    onOutput(text, send) {
      kill = send;
      said += text;
      const events = said
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as DevServicesEvent);
      const started = events.find((event) => event.event === 'task-started');
      const served = events.find((event) => event.event === 'serving');
      if (!started || served?.token === undefined) return;
      tell?.({ url: served.url, token: served.token, pid: started.pid, kill: send });
    },
  });
  onTestFinished(async () => {
    kill?.('SIGKILL');
    await ended;
  });
  const failed = async (): Promise<never> => {
    const { exitCode, stdout, stderr } = await ended;
    throw new Error(`serve ended with ${exitCode}: ${stdout}${stderr}`);
  };
  return { ...(await Promise.race([serving, failed()])), ended };
}
