import type { DevServicesError } from 'devservices/machine';
import { apiErrors } from '../errors.ts';
import type { Principal } from '../principal.ts';
import { type Asked, type Link, outerOf } from './call-chain.ts';

/** The authorizer's answer; without an authorizer, no. */
export type Allows = (user: string, permission: string) => Promise<boolean>;

/** Who asks, and how: what rights depend on. */
export interface Asker extends Pick<Link, 'principal' | 'by' | 'superuser' | 'sudo'> {
  /** Of a user: whether they are a superuser at all. */
  readonly isSuperuser: boolean;
}

export const depthLimit = 8;

/** Throws unless every call of the chain may do this by itself, and none says more than those around it. */
export async function authorise(link: Link, asked: Asked): Promise<void> {
  const { key } = asked;
  if (link.depth > depthLimit) {
    throw apiErrors.create('DS_API_TOO_DEEP', { key, limit: depthLimit });
  }
  const outer = [...outerOf(link)];
  for (const one of outer) {
    const problem = raised(link, one);
    if (problem) throw apiErrors.create('DS_API_ESCALATION', { key, by: one.by, problem });
  }
  const own = await link.refusal(asked);
  if (own) throw own;
  for (const one of outer) {
    const refusal = await one.refusal(asked);
    if (!refusal) continue;
    const problem = 'who may not do that, or not in the way in which it was asked';
    throw apiErrors.create('DS_API_ESCALATION', { key, by: one.by, problem }, refusal);
  }
}

/** Whether every call of the chain may do what a permission stands for. */
export async function allowsAll(link: Link, permission: string): Promise<boolean> {
  const asked = { key: permission, access: { permission } };
  for (const one of [link, ...outerOf(link)]) {
    if (await one.refusal(asked)) return false;
  }
  return true;
}

/** Why one asker, alone, may not do this. */
export async function refusalOf(
  asker: Asker,
  { key, access }: Asked,
  allows: Allows,
): Promise<DevServicesError | undefined> {
  const { principal, by, superuser, sudo, isSuperuser } = asker;
  if (principal.kind === 'user' && superuser && !isSuperuser) {
    return apiErrors.create('DS_API_FORBIDDEN', { by, key });
  }
  if (access === 'anybody') return undefined;
  if (principal.kind === 'anonymous') return apiErrors.create('DS_API_PRINCIPAL_NEEDED', { key });
  if (access === 'known') return undefined;
  const { permission } = access;
  if (!(await isAllowed(principal, permission, allows))) {
    return apiErrors.create('DS_API_FORBIDDEN', { by, key, permission });
  }
  if (principal.kind !== 'owner' && !actsAsSuperuser(asker)) {
    return apiErrors.create('DS_API_SUPERUSER_NEEDED', { by, key, permission });
  }
  if (!access.sudo) return undefined;
  const isWithheld = principal.kind === 'token' && !principal.sudo;
  if (sudo && !isWithheld) return undefined;
  return apiErrors.create('DS_API_SUDO_NEEDED', { by, key, isGiven: isWithheld });
}

async function isAllowed(
  principal: Exclude<Principal, { kind: 'anonymous' }>,
  permission: string,
  allows: Allows,
): Promise<boolean> {
  switch (principal.kind) {
    case 'owner':
      return true;
    case 'user':
      return allows(principal.user, permission);
    case 'token':
      return (
        principal.permissions.includes(permission) && (await allows(principal.user, permission))
      );
  }
}

// Users say it; of the owner, and of tokens, which were made for what they may, it goes without saying.
function actsAsSuperuser({
  principal,
  superuser,
}: Pick<Asker, 'principal' | 'superuser'>): boolean {
  const isImplied = principal.kind === 'owner' || principal.kind === 'token';
  return superuser ?? isImplied;
}

function raised(link: Link, outer: Link): string | undefined {
  if (link.superuser && !actsAsSuperuser(outer)) return 'which was not made as a superuser';
  if (link.sudo && !outer.sudo) return 'which did not say `sudo`';
  return undefined;
}
