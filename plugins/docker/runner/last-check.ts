import type { Instance } from 'devservices/runner';
import type { Engine } from '../engine/engine.ts';

/** What the container's healthcheck came to the last time that it ran; undefined where it has not. */
export async function lastCheck(
  engine: Engine,
  { id, service }: Instance,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = { doing: `inspect the container of ${service}`, signal };
  const { State } = await engine.ask(asked, (client) =>
    client.getContainer(id).inspect({ abortSignal: signal }),
  );
  const last = State.Health?.Log.at(-1);
  if (!last || last.ExitCode === 0) return undefined;
  const said = last.Output.trim().split('\n').slice(-3).join(' | ');
  // The engine writes -1 for a check that it ended, and says so in the output.
  const end = last.ExitCode === -1 ? 'was ended' : `exited with ${last.ExitCode}`;
  return `its healthcheck ${end}${said ? `: ${said}` : ''}`;
}
