import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { mostBytes, mostEntries } from './sink-queue.ts';
import type { Unsent } from './unsent.ts';

/**
 * Starts a process of its own that sends them, each once, and ends after 10 s at the latest. Takes the first
 * 100, of 2 MiB together; returns how many, 0 where no process could be started.
 */
export function handOverToProcess(unsent: readonly Unsent[]): number {
  const taken = fitting(unsent);
  // A file that is open cannot be made nameless there.
  if (taken.length === 0 || process.platform === 'win32') return 0;
  try {
    return start(JSON.stringify(taken.map(asText))) ? taken.length : 0;
  } catch {
    // No place for a file, no process to be had: it was for nobody to wait for.
    return 0;
  }
}

function fitting(unsent: readonly Unsent[]): readonly Unsent[] {
  let bytes = 0;
  const tooMuch = unsent.findIndex(({ body }, index) => {
    bytes += Buffer.byteLength(body);
    return index >= mostEntries || bytes > mostBytes;
  });
  return tooMuch === -1 ? unsent : unsent.slice(0, tooMuch);
}

function asText({ url, headers, body }: Unsent): unknown {
  return { url, headers, body: Buffer.from(body as string).toString('base64') };
}

function start(text: string): boolean {
  const file = openNameless();
  try {
    // From a position of its own, so that whoever reads begins at the beginning.
    writeAll(file, Buffer.from(text));
    const child = spawn(process.execPath, program(), {
      cwd: '/',
      detached: true,
      stdio: [file, 'ignore', 'ignore'],
      env: basicEnvironment(),
    });
    child.once('error', () => {});
    child.unref();
    return child.pid !== undefined;
  } finally {
    closeSync(file);
  }
}

// Keys are in it: nobody finds it by a name, and it is gone with the last who has it open.
function openNameless(): number {
  const path = join(tmpdir(), `devservices-${randomBytes(12).toString('hex')}`);
  const file = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  return file;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    written += writeSync(file, bytes, written, bytes.length - written, written);
  }
}

const require = createRequire(import.meta.url);

// By the package's own name: the same in the repo and in what is published.
function program(): readonly string[] {
  const path = require.resolve('devservices/plugins/sentry/send-later');
  if (!path.endsWith('.ts')) return [path];
  return ['--import', pathToFileURL(require.resolve('tsx')).href, path];
}

// What it needs to reach a host; variables are whoever started us's, and secrets among them.
function basicEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS'];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
