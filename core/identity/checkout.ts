import { randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import { fileReason } from './file-reason.ts';
import { ensurePrivateFolder } from './private-folder.ts';
import {
  type CheckoutRecord,
  type FolderIdentity,
  isLiving,
  loadRegistry,
  type Registry,
  updateRegistry,
} from './registry.ts';
import { type Env, resolveStateHome } from './state-home.ts';

/** One folder on this machine in which a project is developed. */
export interface Checkout {
  /** 12 random hex digits, for as long as the folder lives. */
  readonly id: string;
  /** Its real path. */
  readonly root: string;
  /** Whether it was never opened before. */
  readonly isNew: boolean;
  /** Where its journal, pins, logs and lock are; exists, 0700. */
  readonly stateFolder: string;
  /** What the user should be told, in whole sentences. */
  readonly warnings: readonly string[];
}

interface Place {
  root: string;
  folder: FolderIdentity;
}

/**
 * Finds or makes the identity of the checkout at `root`: a copied folder is a new one, a moved one
 * keeps its id. Writes nothing when all is as it was.
 *
 * Throws DS_STATE_FOREIGN, DS_STATE_UNREADABLE (also for a `root` that is not there),
 * DS_STATE_UNWRITABLE, DS_STATE_NEWER, DS_STATE_BUSY.
 *
 * @example openCheckout({ root: '/home/ada/shop', env: process.env, now: clock.now }).id
 */
export function openCheckout(options: { root: string; env: Env; now(): number }): Checkout {
  const stateHome = resolveStateHome(options.env);
  ensurePrivateFolder(stateHome);
  const place = loadPlace(options.root);
  const { registry, file } = loadRegistry(stateHome);
  const known = file === 'whole' ? findCheckout(registry, place) : undefined;
  if (known && !known.isChanged) return openFolder(stateHome, { id: known.id, place });
  return recordCheckout({ stateHome, place, now: options.now() });
}

/** A checkout as a list shows it. */
export interface CheckoutSummary {
  id: string;
  root: string;
  /** Whether its folder is still there. */
  isLiving: boolean;
  projects: readonly string[];
  stateFolder: string;
}

/** Every checkout that this machine's user ever opened. Throws what `openCheckout` throws. */
export function listCheckouts(env: Env): readonly CheckoutSummary[] {
  const stateHome = resolveStateHome(env);
  return Object.entries(loadRegistry(stateHome).registry.checkouts).map(([id, record]) => ({
    id,
    root: record.root,
    isLiving: isLiving(record),
    projects: record.projects.map(({ name }) => name),
    stateFolder: join(stateHome, id),
  }));
}

function loadPlace(path: string): Place {
  try {
    const root = realpathSync.native(path);
    return { root, folder: loadFolderIdentity(root) };
  } catch (error) {
    throw stateErrors.create('DS_STATE_UNREADABLE', { path, reason: fileReason(error) }, error);
  }
}

function loadFolderIdentity(path: string): FolderIdentity {
  const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
  return { device: `${dev}`, inode: `${ino}`, birth: `${birthtimeNs}` };
}

interface Found {
  id: string;
  isChanged: boolean;
}

function findCheckout({ checkouts }: Registry, place: Place): Found | undefined {
  const entries = Object.entries(checkouts);
  const same = entries.filter(([, record]) => isSameFolder(record.folder, place.folder));
  const here = entries.find(([, record]) => !record.isDisplaced && record.root === place.root);
  if (here && same.includes(here)) return { id: here[0], isChanged: false };
  const [moved] = same;
  // A folder that two paths lead to (a bind mount) is one checkout, and stays recorded as it was.
  if (moved) return { id: moved[0], isChanged: !isStillThere(moved[1]) };
  // Deleted and cloned again: the path is what people mean, and the folder that was there is gone, so
  // its database goes on. (A clone beside which the old folder lives on elsewhere looks the same.)
  return here && { id: here[0], isChanged: true };
}

function isSameFolder(a: FolderIdentity, b: FolderIdentity): boolean {
  // Inodes are used again soon after a deletion: only the time of birth tells the folders apart.
  return a.device === b.device && a.inode === b.inode && a.birth === b.birth;
}

function isStillThere(record: CheckoutRecord): boolean {
  if (record.isDisplaced) return false;
  try {
    return isSameFolder(loadFolderIdentity(record.root), record.folder);
  } catch {
    return false;
  }
}

function recordCheckout(options: { stateHome: string; place: Place; now: number }): Checkout {
  const { stateHome, place } = options;
  const warnings: string[] = [];
  return updateRegistry(
    stateHome,
    (draft) => {
      const known = findCheckout(draft, place);
      const id = known?.id ?? randomBytes(6).toString('hex');
      for (const record of Object.values(draft.checkouts)) {
        if (record.root === place.root && record !== draft.checkouts[id] && known?.isChanged) {
          record.isDisplaced = true;
        }
      }
      const { isDisplaced: _, ...before } = draft.checkouts[id] ?? {
        since: new Date(options.now).toISOString(),
        projects: [],
        leases: [],
      };
      if (known?.isChanged !== false) draft.checkouts[id] = { ...before, ...place };
      return openFolder(stateHome, { id, place, isNew: known === undefined, warnings });
    },
    (aside) =>
      warnings.push(
        `The registry of checkouts was damaged. It is now ${aside}, and was put together again from what each checkout remembers.`,
      ),
  );
}

function openFolder(
  stateHome: string,
  found: { id: string; place: Place; isNew?: boolean; warnings?: readonly string[] },
): Checkout {
  const stateFolder = join(stateHome, found.id);
  ensurePrivateFolder(stateFolder);
  return {
    id: found.id,
    root: found.place.root,
    isNew: found.isNew ?? false,
    stateFolder,
    warnings: found.warnings ?? [],
  };
}
