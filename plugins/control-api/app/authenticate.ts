import { createHash, timingSafeEqual } from 'node:crypto';
import { operatorName } from 'devservices/machine';
import type { As } from '../client.ts';
import { apiErrors } from '../errors.ts';
import type { Principal, TokenPrincipal } from '../principal.ts';
import type { Acting, ApiCall, HttpCall } from './call.ts';

/** Finds who comes with a token; undefined for one that is no good, whatever the reason. */
export interface TokenFinder {
  find(text: string): Promise<TokenPrincipal | undefined>;
  /** The same of one that was found before, by its id. */
  look(id: string): Promise<TokenPrincipal | undefined>;
}

/** Finds a user of the store, by name; undefined for one who is not there, or not active. */
export interface UserFinder {
  find(name: string): Promise<{ username: string; superuser: boolean } | undefined>;
}

export interface Finders {
  readonly tokens: TokenFinder;
  readonly users: UserFinder;
}

/** Who makes a call, and what was said with it. */
export interface Caller {
  readonly principal: Principal;
  readonly superuser: boolean | undefined;
  readonly sudo: boolean;
}

/** Throws DS_API_TOKEN_REFUSED, DS_API_USER_REFUSED and DS_API_ACTING_REFUSED. */
export async function authenticate(
  request: Request,
  call: ApiCall,
  finders: Finders,
): Promise<Caller> {
  const acting = 'acting' in call ? call.acting : readActing(request);
  const principal =
    'acting' in call
      ? await findInside(call, finders)
      : await findOutside(request, { call, acting, finders });
  return { principal, superuser: acting.superuser, sudo: acting.sudo === true };
}

/** Who that is by now, and whether as a superuser, where asked to be. Throws where it is nobody any more. */
export async function findAgain(
  principal: Principal,
  { tokens, users }: Finders,
): Promise<{ principal: Principal; isSuperuser: boolean }> {
  if (principal.kind === 'token') {
    const token = await tokens.look(principal.id);
    if (token) return { principal: token, isSuperuser: true };
    throw apiErrors.create('DS_API_TOKEN_REFUSED', {});
  }
  if (principal.kind !== 'user') return { principal, isSuperuser: principal.kind === 'owner' };
  const user = await users.find(principal.user);
  if (!user) throw apiErrors.create('DS_API_USER_REFUSED', { user: principal.user });
  return { principal: { kind: 'user', user: user.username }, isSuperuser: user.superuser };
}

/** As audit logs have it: `os:ada`, `user:ada`, `token:ci`, `anonymous`. */
export function labelOf(principal: Principal): string {
  switch (principal.kind) {
    case 'owner':
      return `os:${operatorName()}`;
    case 'user':
      return `user:${principal.user}`;
    case 'token':
      return `token:${principal.name}`;
    case 'anonymous':
      return 'anonymous';
  }
}

async function findInside(
  { acting, parents }: Extract<ApiCall, { acting: Acting }>,
  finders: Finders,
): Promise<Principal> {
  if (acting.principal) return (await findAgain(acting.principal, finders)).principal;
  if (acting.as !== undefined) return findAs(acting.as, finders);
  return parents[0]?.principal ?? { kind: 'anonymous' };
}

async function findAs(as: As, { tokens, users }: Finders): Promise<Principal> {
  if (typeof as === 'string') return { kind: as };
  if ('token' in as) {
    const token = await tokens.find(as.token);
    if (token) return token;
    throw apiErrors.create('DS_API_TOKEN_REFUSED', {});
  }
  const user = await users.find(as.user);
  if (user) return { kind: 'user', user: user.username };
  throw apiErrors.create('DS_API_USER_REFUSED', { user: as.user });
}

async function findOutside(
  request: Request,
  { call, acting, finders }: { call: HttpCall; acting: Acting; finders: Finders },
): Promise<Principal> {
  const header = request.headers.get('authorization');
  const found = header === null ? anonymous : await findBearer(header, { call, finders });
  if (acting.as === undefined) return found;
  if (found.kind === 'owner') return findAs(acting.as, finders);
  throw apiErrors.create('DS_API_ACTING_REFUSED', { by: labelOf(found) });
}

const anonymous: Principal = { kind: 'anonymous' };

async function findBearer(
  header: string,
  { call, finders }: { call: HttpCall; finders: Finders },
): Promise<Principal> {
  const token = /^Bearer +([\x21-\x7e]+) *$/i.exec(header)?.[1];
  if (token === undefined) throw apiErrors.create('DS_API_TOKEN_REFUSED', {});
  if (isSame(token, call.ownerToken)) return { kind: 'owner' };
  return findAs({ token }, finders);
}

// Of hashes, so that neither what they are nor how long they are can be told from how long it takes.
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return other !== '' && timingSafeEqual(a as Buffer, b as Buffer);
}

function readActing({ headers }: Request): Acting {
  const as = headers.get('devservices-as');
  return {
    as: as === null ? undefined : readAs(as),
    superuser: readFlag(headers, 'devservices-superuser'),
    sudo: readFlag(headers, 'devservices-sudo'),
  };
}

function readAs(text: string): As {
  if (text === 'anonymous' || text === 'owner') return text;
  const name = /^user:(.+)$/.exec(text)?.[1];
  try {
    // Names may have letters that headers may not.
    if (name !== undefined) return { user: decodeURIComponent(name) };
  } catch {
    // Said below.
  }
  throw invalidHeader('devservices-as', '"anonymous", or "user:" and a name, percent-encoded');
}

function readFlag(headers: Headers, name: string): boolean | undefined {
  const text = headers.get(name)?.toLowerCase();
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  throw invalidHeader(name, '"true" or "false"');
}

function invalidHeader(name: string, expected: string): Error {
  const problems = [{ path: `header.${name}`, expected }];
  return apiErrors.create('DS_API_INVALID', { key: 'a call', problems });
}
