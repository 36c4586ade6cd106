import { lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Checkout, openCheckout } from '../../../core/identity/checkout.ts';
import { createTempFolder } from './temp-folder.ts';

/** A machine of its own: a home for state, and a place for checkouts. */
export interface Machine {
  env: { XDG_STATE_HOME: string };
  stateHome: string;
  /** Path of a folder beside the checkouts. */
  path(name: string): string;
  /** Makes a folder. */
  folder(name: string): string;
  /** Makes a folder where there is none, and opens it. */
  open(name: string): Checkout;
  /** Every path below the state home with what changes when it is written; equal means: nothing was. */
  fingerprint(): readonly string[];
}

export function createMachine(): Machine {
  const base = createTempFolder();
  const env = { XDG_STATE_HOME: join(base, 'state') };
  const stateHome = join(env.XDG_STATE_HOME, 'devservices');
  const path = (name: string) => join(base, 'code', name);
  const folder = (name: string) => {
    mkdirSync(path(name), { recursive: true });
    return path(name);
  };
  return {
    env,
    stateHome,
    path,
    folder,
    open: (name) => openCheckout({ root: folder(name), env, now: () => 0 }),
    fingerprint: () =>
      readdirSync(stateHome, { recursive: true, encoding: 'utf8' })
        .toSorted()
        .map((name) => {
          const { ino, mtimeNs, ctimeNs } = lstatSync(join(stateHome, name), { bigint: true });
          return `${name} ${ino} ${mtimeNs} ${ctimeNs}`;
        }),
  };
}
