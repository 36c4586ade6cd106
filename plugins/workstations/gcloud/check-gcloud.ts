import { isObject } from 'devservices/machine';
import { askGcloud } from './ask-gcloud.ts';
import { gcloudErrors } from './errors.ts';
import type { GcloudContext, Outcome } from './gcloud-call.ts';

// The first that has all of `workstations`: start-tcp-tunnel and ssh among it.
const minimum = 464;

// Nothing else of the settings is looked at: a proxy's password is among them.
const signIns = 'core.account,auth.access_token_file,auth.credential_file_override';

/**
 * That gcloud is there, new enough, and signed in. Throws DS_GCLOUD_MISSING, …_OLD, …_SIGNED_OUT,
 * …_FAILED and …_ANSWER.
 */
export async function checkGcloud(context: GcloudContext, signal: AbortSignal): Promise<void> {
  const [version, account] = await Promise.all([
    askGcloud(context, { signal, words: ['version'], what: 'tell its version' }, readVersion),
    askGcloud(
      context,
      {
        signal,
        words: ['config', 'list', `--format=json(${signIns})`],
        what: 'tell who is signed in',
      },
      readAccount,
    ),
  ]);
  const { major, text } = answerOf(version);
  if (major < minimum) throw gcloudErrors.create('DS_GCLOUD_OLD', { version: text, minimum });
  if (!answerOf(account).isSignedIn) {
    throw gcloudErrors.create('DS_GCLOUD_SIGNED_OUT', { lines: [] });
  }
}

function answerOf<Answer>(outcome: Outcome<Answer>): Answer {
  if (!outcome.isDone) throw outcome.error;
  return outcome.answer;
}

/** Of `gcloud version`. */
export function readVersion(answer: unknown): { major: number; text: string } | undefined {
  const text = isObject(answer) ? answer['Google Cloud SDK'] : undefined;
  if (typeof text !== 'string') return undefined;
  const major = Number.parseInt(text, 10);
  return Number.isNaN(major) ? undefined : { major, text };
}

/** Of `gcloud config list`: an account, or what stands for one (a token, a key file). */
export function readAccount(answer: unknown): { isSignedIn: boolean } | undefined {
  // Nothing is set at all: `null`, or no section.
  const sections = answer ?? {};
  if (!isObject(sections)) return undefined;
  const isSet = (section: string, name: string): boolean => {
    const values = sections[section];
    const value = isObject(values) ? values[name] : undefined;
    return typeof value === 'string' && value.trim() !== '';
  };
  const isSignedIn =
    isSet('core', 'account') ||
    isSet('auth', 'access_token_file') ||
    isSet('auth', 'credential_file_override');
  return { isSignedIn };
}
