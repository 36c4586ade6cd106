import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Run } from 'devservices';
import { isDevServicesError, reasonOf } from 'devservices/machine';
import type {
  Availability,
  EmbeddedProgram,
  ProcessRun,
  ProgramContext,
  ProgramReference,
  RunContext,
} from 'devservices/runner';
import { processErrors } from '../errors.ts';

type Place = Pick<RunContext, 'service' | 'root'>;

/** The modules that know how embedded programs run; each is imported when a run first names it. */
export interface Programs {
  /** Throws DS_PROCESS_PROGRAM_MISSING. */
  load(reference: ProgramReference, place: Place): Promise<EmbeddedProgram>;
  contextOf(reference: ProgramReference, place: Place): ProgramContext;
  /** Whether a run's program is there; a command is looked for when it is started. */
  canRun(run: Run, place: Place, signal: AbortSignal): Promise<Availability>;
}

export function createPrograms({ cacheFolder }: { cacheFolder: string }): Programs {
  const load: Programs['load'] = async ({ module }, { service, root }) => {
    try {
      const { default: program } = await importFrom(module, root);
      if (isProgram(program)) return program;
    } catch (thrown) {
      if (isDevServicesError(thrown)) throw thrown;
      throw missing(service, module, reasonOf(thrown), thrown);
    }
    throw missing(service, module, 'its default export is no program');
  };
  const contextOf: Programs['contextOf'] = ({ options = {} }, { service, root }) => ({
    service,
    options,
    root,
    cacheFolder,
  });
  return {
    load,
    contextOf,
    async canRun(run, place, signal) {
      const { program: reference } = run as ProcessRun;
      if (!reference) return { available: true };
      try {
        const program = await load(reference, place);
        return await program.available(contextOf(reference, place), signal);
      } catch (thrown) {
        if (!isDevServicesError(thrown)) throw thrown;
        return { available: false, error: thrown };
      }
    },
  };
}

// What comes with devservices itself is there under this name, whatever the repo has installed.
function importFrom(module: string, root: string): Promise<{ default?: unknown }> {
  const isOwn = module.startsWith('devservices/');
  const file = isOwn ? undefined : createRequire(join(root, 'package.json')).resolve(module);
  return import(file === undefined ? module : pathToFileURL(file).href) as Promise<{
    default?: unknown;
  }>;
}

function isProgram(value: unknown): value is EmbeddedProgram {
  const { label, available, resolve } = (value ?? {}) as Partial<EmbeddedProgram>;
  return (
    typeof label === 'string' && typeof available === 'function' && typeof resolve === 'function'
  );
}

function missing(service: string, module: string, reason: string, cause?: unknown) {
  return processErrors.create('DS_PROCESS_PROGRAM_MISSING', { service, module, reason }, cause);
}
