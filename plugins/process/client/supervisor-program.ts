import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);

/** Arguments of node that run the supervisor: the repo's source, or what was built of it. */
export function supervisorProgram(): readonly string[] {
  return runnable('devservices/supervisor');
}

/** Command that restarts a service as somebody at a prompt would; the service's name goes after it. */
export function restartProgram(): readonly [string, ...string[]] {
  return [process.execPath, ...runnable('devservices/tasks/restart')];
}

// By the package's own name: the same in the repo and in what is published.
function runnable(specifier: string): readonly string[] {
  const file = require.resolve(specifier);
  if (!file.endsWith('.ts')) return [file];
  return ['--import', pathToFileURL(require.resolve('tsx')).href, file];
}
