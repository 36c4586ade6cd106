import { commandOf, type SpawnCommand } from '../launch/command-of.ts';
import { markerVariable, type ProcessRecord } from '../record/process-record.ts';

/**
 * How a command is spawned where a process runs. It is not marked as the service's own: it ends by
 * itself, and is not looked for when the service ends.
 */
export function commandBeside(record: ProcessRecord, command: readonly string[]): SpawnCommand {
  const { options, ...spawned } = commandOf(record, command);
  const { [markerVariable]: _, ...env } = options.env;
  return { ...spawned, options: { ...options, env } };
}
