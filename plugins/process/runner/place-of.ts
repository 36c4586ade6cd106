import { environmentOf } from '../launch/environment.ts';
import { markerVariable, type ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';

/**
 * Where a process runs and with which variables, for a command beside it. That one is not marked as the
 * service's own: it ends by itself, and is not looked for when the service ends.
 */
export function placeOf(record: ProcessRecord): { cwd: string; env: Record<string, string> } {
  const { [markerVariable]: _, ...env } = environmentOf(record);
  return { cwd: asProcess(record.target.run).cwd, env };
}
