import { labels } from 'devservices/runner';
import { workstationErrors } from '../errors.ts';
import { dockerWorkstationErrors } from './errors.ts';

/** Of which checkout workstations are. */
export interface Owner {
  /** Name of the project. */
  project: string;
  /** Id of the checkout. */
  checkout: string;
}

/** Other labels than those of services: `up`, `down` and `reset` do not see workstations. */
export const workstationLabels = {
  name: 'dev.devservices.workstation',
  project: 'dev.devservices.workstation.project',
  checkout: 'dev.devservices.workstation.checkout',
  /** Who logs in, and where work is done: as it was made. */
  user: 'dev.devservices.workstation.user',
  folder: 'dev.devservices.workstation.folder',
} as const;

type Labels = Readonly<Record<string, string>> | null | undefined;

/** Throws DS_WORKSTATION_NAME_INVALID. */
export function assertName(name: string): void {
  if (/^[a-z0-9][a-z0-9_-]{0,39}$/.test(name)) return;
  const rule = 'it has at most 40 small letters, digits, _ and -, a letter or digit first';
  throw workstationErrors.create('DS_WORKSTATION_NAME_INVALID', { name, rule });
}

export const containerName = ({ project }: Owner, name: string): string =>
  `${project}_workstation_${name}`;

export const homeVolume = (owner: Owner, name: string): string =>
  `${containerName(owner, name)}_home`;

/** What everything of one workstation carries. */
export function labelsOf({ project, checkout }: Owner, name: string): Record<string, string> {
  const { name: key, project: projectKey, checkout: checkoutKey } = workstationLabels;
  return { [key]: name, [projectKey]: project, [checkoutKey]: checkout };
}

/** The engine's filters for all workstations of a checkout, or for everything of one. */
export function filtersOf(owner: Owner, name?: string): { label: string[] } {
  const { [workstationLabels.name]: own, ...shared } = labelsOf(owner, name ?? '');
  const first = name === undefined ? workstationLabels.name : `${workstationLabels.name}=${own}`;
  return { label: [first, ...Object.entries(shared).map(([key, value]) => `${key}=${value}`)] };
}

/** Throws DS_WORKSTATION_NAME_TAKEN where labels say that it is somebody else's: a name proves nothing. */
export function assertOurs(
  found: { kind: 'container' | 'volume'; called: string; labels: Labels },
  owner: Owner,
  name: string,
): void {
  const { kind, called, labels: held } = found;
  if (Object.entries(labelsOf(owner, name)).every(([key, value]) => held?.[key] === value)) return;
  const facts = { kind, name: called, owner: describeOwner(held) };
  throw dockerWorkstationErrors.create('DS_WORKSTATION_NAME_TAKEN', facts);
}

function describeOwner(held: Labels): string {
  const checkout = held?.[workstationLabels.checkout];
  if (checkout !== undefined) return `it is a workstation of the checkout ${checkout}`;
  const project = held?.[labels.project];
  if (project !== undefined) return `it is a service's of the project ${project}`;
  return 'it has no label of devservices';
}
