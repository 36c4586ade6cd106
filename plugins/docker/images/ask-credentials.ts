import { execFile } from 'node:child_process';
import type { Surroundings } from '../engine/docker-config.ts';
import type { RegistryCredentials } from './registry-credentials.ts';

/** What a helper said; a problem says why, and nothing of what the helper printed. */
export type HelperAnswer =
  | { credentials: RegistryCredentials }
  | { isUnknown: true }
  | { problem: string };

export interface HelperQuestion extends Pick<Surroundings, 'env'> {
  /** `desktop` stands for the program docker-credential-desktop. */
  helper: string;
  /** The registry, under the name that it has in the configuration. */
  server: string;
  signal: AbortSignal;
  /** Default 20 s: a helper may ask somebody to unlock a keychain. */
  timeoutMs?: number;
}

/** Runs `docker-credential-NAME get`, the registry on its stdin; throws only when the signal aborts. */
export async function askCredentialHelper(question: HelperQuestion): Promise<HelperAnswer> {
  const { helper, server, env, signal, timeoutMs = 20_000 } = question;
  if (!/^[A-Za-z0-9._-]+$/.test(helper)) {
    return { problem: 'a credential helper of docker’s configuration has a name that is none' };
  }
  const program = `docker-credential-${helper}`;
  const bell = AbortSignal.timeout(timeoutMs);
  const ended = await run(program, server, {
    env: { ...env },
    signal: AbortSignal.any([signal, bell]),
  });
  signal.throwIfAborted();
  if (bell.aborted) return { problem: `${program} gave no answer within ${timeoutMs / 1000} s` };
  if (ended.failure === 'ENOENT') return { problem: `${program} is not on PATH` };
  if (ended.failure !== undefined && isUnknown(ended.output)) return { isUnknown: true };
  if (ended.failure !== undefined) return { problem: `${program} ended with ${ended.failure}` };
  return readAnswer(ended.output, { program, server });
}

interface Ended {
  failure?: string;
  output: string;
}

function run(
  program: string,
  input: string,
  { env, signal }: { env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<Ended> {
  return new Promise((resolve) => {
    const options = { env, signal, killSignal: 'SIGKILL', windowsHide: true } as const;
    const child = execFile(program, ['get'], options, (error, output) => {
      if (!error) return resolve({ output });
      const { code } = error as { code?: string | number | null };
      const failure = typeof code === 'number' ? `exit code ${code}` : (code ?? 'a signal');
      resolve({ failure, output });
    });
    // It may end without reading: that is told by how it ends.
    child.stdin?.on('error', () => {}).end(`${input}\n`);
  });
}

// The words of the helpers' common library, by which the docker CLI knows them too.
function isUnknown(output: string): boolean {
  return /credentials not found in native keychain|no credentials (?:server URL|username)/i.test(
    output,
  );
}

function readAnswer(
  output: string,
  { program, server: serveraddress }: { program: string; server: string },
): HelperAnswer {
  let answer: { Username?: unknown; Secret?: unknown } | null;
  try {
    answer = JSON.parse(output) as typeof answer;
  } catch {
    return { problem: `${program} gave no JSON` };
  }
  const { Username: username, Secret: secret } = answer ?? {};
  if (typeof username !== 'string' || typeof secret !== 'string') {
    return { problem: `${program} gave no user name and secret` };
  }
  if (username === '<token>') {
    return { credentials: { identitytoken: secret, serveraddress } };
  }
  if (username === '' || secret === '') return { isUnknown: true };
  return { credentials: { username, password: secret, serveraddress } };
}
