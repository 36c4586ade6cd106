import { setTimeout as sleep } from 'node:timers/promises';
import type Dockerode from 'dockerode';
import { dockerErrors } from '../errors.ts';
import { type Mark, signalMarked } from './marked-processes.ts';

// A command that is being started has no process yet.
const attempts = 20;
const pauseMs = 100;

export interface Signaller {
  /** Passes the first signal on as it is; every further one kills. */
  send(name: string): void;
  /** Passes this one on, whatever came before. */
  deliver(name: string): Promise<void>;
  /** Rejects when a signal cannot be passed on: then nobody can wait for its effect. */
  readonly failed: Promise<never>;
  /** The command is over. */
  close(): void;
}

/** Signals the processes of one command inside a container. */
export function createSignaller(
  client: Dockerode,
  command: { id: string; service: string; name: string; mark: Mark },
): Signaller {
  const { id, service, name: shown, mark } = command;
  const over = new AbortController();
  let sent = 0;
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => (fail = reject));
  // Who waits for the command waits for this too; after it, nobody does.
  failed.catch(() => {});

  const deliver = async (signal: string): Promise<void> => {
    for (let attempt = 0; attempt < attempts && !over.signal.aborted; attempt++) {
      const wasThere = await signalMarked(client, { id, mark, signal });
      if (wasThere) return;
      if (wasThere === undefined) break;
      await sleep(pauseMs);
    }
    if (over.signal.aborted) return;
    throw dockerErrors.create('DS_DOCKER_COMMAND_DEAF', { service, command: shown, signal });
  };

  return {
    deliver,
    failed,
    send(name) {
      sent += 1;
      deliver(sent === 1 ? name : 'SIGKILL').catch(fail);
    },
    close: () => over.abort(),
  };
}
