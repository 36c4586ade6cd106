import { isProcess } from '../run/process-fields.ts';
import type { Run } from '../run/run.ts';
import type { PortBinding } from '../run/runner.ts';

/** `PORT` of a process that has a single TCP port, which most servers look for; nothing for any other. */
export function portVariable(
  run: Run,
  ports: readonly PortBinding[],
): Readonly<Record<string, string>> {
  const [port, ...others] = ports.filter(({ protocol }) => protocol === 'tcp');
  return isProcess(run) && port && others.length === 0 ? { PORT: String(port.host) } : {};
}
