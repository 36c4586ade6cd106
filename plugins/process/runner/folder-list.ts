import { join } from 'node:path';
import {
  ensurePrivateFolder,
  loadStateFile,
  parseObject,
  replaceStateFile,
} from 'devservices/machine';

/** A folder with what an embedded program keeps. */
export interface KeptFolder {
  project: string;
  service: string;
  runKey: string;
  path: string;
  /** Set where it is not the one's who runs us. */
  user?: { uid: number; gid: number; name: string };
}

/** What a checkout's programs keep, wherever it is. */
export function readFolders(stateHome: string, checkout: string): readonly KeptFolder[] {
  const text = loadStateFile(fileOf(stateHome, checkout));
  const folders = text === undefined ? [] : parseObject(text)?.['folders'];
  return Array.isArray(folders) ? (folders as KeptFolder[]) : [];
}

/** Adds one, in place of what the same run had. */
export function rememberFolder(stateHome: string, checkout: string, folder: KeptFolder): void {
  ensurePrivateFolder(join(stateHome, checkout));
  write(stateHome, checkout, [...readFolders(stateHome, checkout), folder]);
}

/** Takes one off the list. */
export function forgetFolder(stateHome: string, checkout: string, folder: KeptFolder): void {
  const left = readFolders(stateHome, checkout).filter(({ path }) => path !== folder.path);
  write(stateHome, checkout, left);
}

function write(stateHome: string, checkout: string, folders: readonly KeptFolder[]): void {
  replaceStateFile(fileOf(stateHome, checkout), `${JSON.stringify({ v: 1, folders })}\n`);
}

const fileOf = (stateHome: string, checkout: string): string =>
  join(stateHome, checkout, 'kept-folders.json');
