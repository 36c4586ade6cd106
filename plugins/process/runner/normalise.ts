import { resolve } from 'node:path';
import {
  createAddressBook,
  resolveDuration,
  resolveTemplate,
  splitCommand,
} from 'devservices/machine';
import type { NormaliseContext, ProcessRun, ResolvedRun } from 'devservices/runner';
import type { ResolvedProcess } from '../record/resolved-process.ts';
import { createRefusal, type Refuse } from './field-error.ts';
import { resolveDataFolder } from './kept-folders.ts';
import type { Programs } from './programs.ts';

export interface Normalising {
  programs: Programs;
  stateHome: string;
}

/**
 * Makes every default explicit, every path absolute and fills in the service's own addresses, so that two
 * runs are equal if and only if their processes would be. Throws DS_PROCESS_FIELD_INVALID and what
 * an embedded program refuses.
 */
export async function normaliseProcess(
  normalising: Normalising,
  run: ProcessRun,
  context: NormaliseContext,
): Promise<ResolvedRun> {
  const refuse = createRefusal(context.service);
  const fill = createFill(context);
  const cwd = resolve(context.root, fill(run.cwd ?? '.'));
  const program = run.program
    ? await resolveProgram(normalising, run.program, context)
    : { command: resolveCommand(run, { fill, refuse }), environment: {} };
  const resolved: ResolvedProcess = {
    kind: 'process',
    cwd,
    restart: run.restart ?? 'no',
    maxRestarts: run.maxRestarts ?? 5,
    backoff: resolveBackoff(run.backoff ?? {}, refuse),
    stopSignal: signalOf(run.stopSignal ?? 'SIGTERM'),
    stopGracePeriod: msOf('stopGracePeriod', run.stopGracePeriod ?? '10s', refuse),
    watch: run.watch ?? [],
    ...program,
    ...(run.stopSignal === undefined ? {} : { stopSignal: signalOf(run.stopSignal) }),
    environment: { ...program.environment, ...context.environment },
  };
  return resolved as unknown as ResolvedRun;
}

type Fill = (text: string) => string;

// It is reached on this machine, and listens on the port that it was given here.
function createFill({ service, ports = [] }: NormaliseContext): Fill {
  const book = createAddressBook(
    service,
    Object.fromEntries(
      ports.map(({ name, host }) => [name, { host: '127.0.0.1', port: host, published: host }]),
    ),
  );
  return (text) => resolveTemplate(text, book, ports[0]?.name);
}

function resolveCommand(
  { command, shell = false }: ProcessRun,
  { fill, refuse }: { fill: Fill; refuse: Refuse },
): [string, ...string[]] {
  if (shell !== false) {
    if (typeof command !== 'string') throw refuse('shell', 'needs a command that is one text');
    return [shell === true ? '/bin/sh' : shell, '-c', fill(command)];
  }
  // Split first: what is filled in is one word, whatever it holds.
  const words = typeof command === 'string' ? splitCommand(command) : (command ?? []);
  if (!words) throw refuse('command', 'has a quote that is not closed, or ends with a backslash');
  const [program, ...args] = words.map(fill);
  if (program === undefined || program === '') throw refuse('command', 'names no program');
  return [program, ...args];
}

async function resolveProgram(
  { programs, stateHome }: Normalising,
  reference: NonNullable<ProcessRun['program']>,
  { service, project, root, ports = [], runKey = 'local' }: NormaliseContext,
): Promise<Pick<ResolvedProcess, 'command' | 'environment'> & Partial<ResolvedProcess>> {
  const program = await programs.load(reference, { service, root });
  const { path, user } = resolveDataFolder({ stateHome }, { project, service, runKey }, program);
  const {
    command,
    environment = {},
    before,
    stopSignal,
    ready,
  } = await program.resolve({
    ...programs.contextOf(reference, { service, root }),
    dataFolder: path,
    ports,
    ...(user ? { user } : {}),
  });
  return {
    command,
    environment,
    label: program.label,
    dataFolder: path,
    ...(before ? { before } : {}),
    ...(ready ? { ready } : {}),
    ...(user ? { user } : {}),
    ...(stopSignal === undefined ? {} : { stopSignal: signalOf(stopSignal) }),
  };
}

function resolveBackoff(
  {
    initial = 200,
    factor = 2,
    max = '10s',
    resetAfter = '10s',
  }: NonNullable<ProcessRun['backoff']>,
  refuse: Refuse,
): ResolvedProcess['backoff'] {
  return {
    initial: msOf('backoff.initial', initial, refuse),
    factor,
    max: msOf('backoff.max', max, refuse),
    resetAfter: msOf('backoff.resetAfter', resetAfter, refuse),
  };
}

function msOf(field: string, value: string | number, refuse: Refuse): number {
  const ms = resolveDuration(value);
  if (ms === undefined) throw refuse(field, `is ${value}, which is no duration like 10s or 1m30s`);
  return ms;
}

const signalOf = (name: string): NodeJS.Signals =>
  (name.startsWith('SIG') ? name : `SIG${name}`) as NodeJS.Signals;
