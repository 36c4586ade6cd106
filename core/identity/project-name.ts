import { basename, dirname } from 'node:path';

import { stateErrors } from '../errors/catalogue/state.ts';
import type { Checkout } from './checkout.ts';
import type { ProjectIdentity } from './project.ts';
import { isLiving, loadRegistry, type Registry, updateRegistry } from './registry.ts';

const pattern = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const maxLength = 40;

/**
 * What this checkout's project is called: the first checkout that asks keeps the plain name, others get
 * `-<4 hex>`; what was given once is kept. A name is free again when the recorded folder of the checkout
 * that had it is gone. With `shared` the plain name is everybody's, and nothing is recorded. Writes
 * nothing when the name was given before.
 *
 * `name` is what was asked for by flag, environment or configuration; without it the folder's name is
 * made to fit. Throws DS_PROJECT_INVALID for a `name` that does not fit.
 *
 * @example resolveProject({ checkout, name: 'shop' }) // { project: 'shop', checkout: '4be1…' }
 */
export function resolveProject(options: {
  checkout: Checkout;
  name?: string | undefined;
  shared?: boolean;
}): ProjectIdentity {
  const { checkout, name } = options;
  const plain = name === undefined ? sanitiseName(basename(checkout.root)) : assertName(name);
  if (options.shared === true) return { project: plain, checkout: checkout.id };
  const stateHome = dirname(checkout.stateFolder);
  const project =
    findName(loadRegistry(stateHome).registry, checkout, plain) ??
    updateRegistry(
      stateHome,
      (draft) => findName(draft, checkout, plain) ?? claimName(draft, checkout, plain),
    );
  return { project, checkout: checkout.id };
}

/** The project name that is nearest to any text. Pure. */
export function sanitiseName(text: string): string {
  const name = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[_-]+/, '');
  return name.slice(0, maxLength).replace(/[_-]+$/, '') || 'project';
}

function assertName(name: string): string {
  if (pattern.test(name)) return name;
  throw stateErrors.create('DS_PROJECT_INVALID', { name, suggestion: sanitiseName(name) });
}

function findName({ checkouts }: Registry, checkout: Checkout, plain: string): string | undefined {
  return checkouts[checkout.id]?.projects.find((claim) => claim.plain === plain)?.name;
}

function claimName({ checkouts }: Registry, checkout: Checkout, plain: string): string {
  const record = checkouts[checkout.id];
  if (!record) throw stateErrors.create('DS_STATE_CORRUPT', { path: checkout.stateFolder });
  const claims = Object.values(checkouts).map((claimant) => ({
    claimant,
    names: claimant.projects.map(({ name }) => name),
  }));
  for (const name of candidates(plain, checkout.id)) {
    const holders = claims
      .filter(({ names }) => names.includes(name))
      .map((claim) => claim.claimant);
    if (holders.some((holder) => holder === record || isLiving(holder))) continue;
    for (const holder of holders) {
      holder.projects = holder.projects.filter((claim) => claim.name !== name);
    }
    record.projects.push({ plain, name });
    return name;
  }
  throw stateErrors.create('DS_PROJECT_INVALID', {
    name: plain,
    suggestion: `${plain.slice(0, 38)}-2`,
  });
}

// The id's other digits are for the case that two ids begin alike.
function* candidates(plain: string, id: string): Generator<string> {
  yield plain;
  for (let start = 0; start + 4 <= id.length; start++) {
    yield `${plain.slice(0, maxLength - 5)}-${id.slice(start, start + 4)}`;
  }
}
