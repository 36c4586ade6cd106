import type { SessionContext } from './session-context.ts';

/** What was asked of a workstation is not taken back by an interruption: says so, and how one sees it. */
export async function leaveAsItIs<T>(
  { log, name, signal }: Pick<SessionContext, 'log'> & { name: string; signal: AbortSignal },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!signal.aborted) throw error;
    log.warn(
      `The workstation ${name} was left as it is, and what was asked of it goes on there: \`devservices workstations status ${name}\` shows how it stands.`,
    );
    throw signal.reason;
  }
}
