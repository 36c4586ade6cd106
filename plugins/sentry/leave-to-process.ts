import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * Starts a program of this package that outlives us, with a text on its stdin; false where it cannot be
 * started. The text may have keys in it: it is in no command line, no variable and no file with a name.
 */
export function leaveToProcess(program: 'send-later' | 'tell-later', text: string): boolean {
  // A file that is open cannot be made nameless there.
  if (process.platform === 'win32') return false;
  try {
    return start(program, text);
  } catch {
    // No place for a file, no process to be had: it was for nobody to wait for.
    return false;
  }
}

function start(program: string, text: string): boolean {
  const file = openNameless();
  try {
    // From a position of its own, so that whoever reads begins at the beginning.
    writeAll(file, Buffer.from(text));
    const child = spawn(process.execPath, runnable(`devservices/plugins/sentry/${program}`), {
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

// Nobody finds it by a name, and it is gone with the last who has it open.
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
function runnable(specifier: string): readonly string[] {
  const path = require.resolve(specifier);
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
