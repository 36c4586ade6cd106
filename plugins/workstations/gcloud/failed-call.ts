import { type DevServicesError, formatDuration } from 'devservices/machine';
import { TransientFailure } from '../transient-failure.ts';
import { gcloudErrors } from './errors.ts';
import type { FailedCall } from './gcloud-call.ts';
import { type FailureKind, linesOf, readFailure } from './read-failure.ts';

/**
 * How long gcloud may take for one call, until it answers or has an order taken: it repeats for half a
 * minute by itself what a server's fault or the network spoils.
 */
export const patienceMs = 60_000;

/** A call that ended otherwise than with 0. */
export function failedCall(
  what: string,
  output: { exitCode: number | null; stderr: string; signal?: NodeJS.Signals | null },
): FailedCall {
  const failure = readFailure(output.exitCode, output.stderr);
  const { kind } = failure;
  const end = output.signal ? `by ${output.signal}` : `with exit status ${output.exitCode}`;
  const lines = failure.lines.length === 0 ? [`it was ended ${end}`] : failure.lines;
  return { isDone: false, kind, reason: `gcloud: ${lines[0]}`, error: errorOf(kind, what, lines) };
}

/** A call that said what is no answer to it. */
export function garbledCall(what: string, stdout: string): FailedCall {
  const lines = linesOf(stdout.slice(0, 400)).slice(0, 5);
  const reason = 'gcloud: an answer that is not understood';
  return { isDone: false, kind: 'garbled', reason, error: errorOf('garbled', what, lines) };
}

/** A call that was ended since it took too long. */
export function lateCall(what: string): FailedCall {
  const line = `no answer within ${formatDuration(patienceMs)}`;
  const error = errorOf('late', what, [line]);
  return { isDone: false, kind: 'late', reason: `gcloud: ${line}`, error };
}

/** What is thrown for a look or an order: also what may pass only in a while is worth another try. */
export function thrownFor(call: FailedCall): Error {
  const mayPass = call.kind === 'busy' || call.kind === 'passing' || call.kind === 'late';
  return mayPass ? transient(call) : call.error;
}

/** What is thrown for a question that somebody waits for: what took long already is not repeated. */
export function thrownForQuestion(call: FailedCall): Error {
  return call.kind === 'busy' || call.kind === 'garbled' ? transient(call) : call.error;
}

export const transient = ({ reason, error }: FailedCall): TransientFailure =>
  new TransientFailure(reason, error);

function errorOf(
  kind: FailureKind | 'late',
  what: string,
  lines: readonly string[],
): DevServicesError {
  if (kind === 'missing') return gcloudErrors.create('DS_GCLOUD_MISSING', { lines });
  if (kind === 'signed-out') return gcloudErrors.create('DS_GCLOUD_SIGNED_OUT', { lines });
  if (kind === 'garbled') return gcloudErrors.create('DS_GCLOUD_ANSWER', { what, lines });
  const remedy = remedies[kind] ?? 'Mend what it says; `gcloud info` shows what it goes by.';
  return gcloudErrors.create('DS_GCLOUD_FAILED', { what, lines, remedy });
}

const remedies: Readonly<Partial<Record<FailureKind | 'late', string>>> = {
  denied:
    'See that the project is the right one; else have the role roles/workstations.user given to you, or sign in as who has it by `gcloud auth login`.',
  expired: 'Run `gcloud auth login`.',
  'not-found':
    'See that project, region, cluster and configuration are the right ones; `devservices workstations configs` lists what there is.',
  busy: 'Try again in a while.',
  passing: 'Try again in a while; `gcloud info --run-diagnostics` looks at the network.',
  late: 'Try again; `gcloud info --run-diagnostics` looks at the network.',
};
