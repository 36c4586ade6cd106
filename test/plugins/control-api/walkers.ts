import type { As } from '../../../plugins/control-api/client.ts';
import type { Access } from '../../../plugins/control-api/route-spec.ts';

/** A kind of principal, and what is so of it: nothing else decides what it may. */
export interface Walker {
  readonly name: string;
  readonly as: As;
  readonly superuser?: boolean;
  /** Nobody who is known, or not as whom they say. */
  readonly isRefused?: true;
  /** Says that it acts as a superuser, and is none. */
  readonly isPretender?: true;
  /** Has every permission, and acts so that they count. */
  readonly isEntitled?: true;
  /** Says `sudo`, and may. */
  readonly maySudo?: true;
}

/** The texts of tokens by what is so of them. */
export type WalkerTokens = Readonly<
  Record<'revoked' | 'expired' | 'inactive' | 'bare' | 'full' | 'sudo' | 'overreaching', string>
>;

/**
 * Every kind of principal. Users: `full` is a superuser with every permission, `bare` a superuser without,
 * `plain` is none, `inactive` had them all.
 */
export function walkersWith(tokens: WalkerTokens): readonly Walker[] {
  const token = (kind: keyof WalkerTokens): As => ({ token: tokens[kind] });
  return [
    { name: 'nobody', as: 'anonymous' },
    { name: 'the owner', as: 'owner', isEntitled: true, maySudo: true },
    { name: 'a token that is none', as: { token: 'wrong' }, isRefused: true },
    { name: 'a token that never was', as: { token: `dst_${'A'.repeat(43)}` }, isRefused: true },
    { name: 'a revoked token', as: token('revoked'), isRefused: true },
    { name: 'an expired token', as: token('expired'), isRefused: true },
    { name: 'a token of an inactive user', as: token('inactive'), isRefused: true },
    { name: 'a token without permissions', as: token('bare'), maySudo: true },
    { name: 'a token with permissions, made without sudo', as: token('full'), isEntitled: true },
    {
      name: 'a token with permissions and sudo',
      as: token('sudo'),
      isEntitled: true,
      maySudo: true,
    },
    {
      name: 'a token that is no superuser just now',
      as: token('sudo'),
      superuser: false,
      maySudo: true,
    },
    { name: 'a token with more than its user has', as: token('overreaching'), maySudo: true },
    { name: 'a user without rights', as: { user: 'plain' }, maySudo: true },
    {
      name: 'a user who says superuser and is none',
      as: { user: 'plain' },
      superuser: true,
      isPretender: true,
    },
    {
      name: 'a superuser without permissions',
      as: { user: 'bare' },
      superuser: true,
      maySudo: true,
    },
    {
      name: 'a user with permissions who does not say superuser',
      as: { user: 'full' },
      maySudo: true,
    },
    {
      name: 'a superuser with permissions',
      as: { user: 'full' },
      superuser: true,
      isEntitled: true,
      maySudo: true,
    },
    { name: 'an inactive user', as: { user: 'inactive' }, superuser: true, isRefused: true },
    { name: 'a user who is not there', as: { user: 'unheard-of' }, isRefused: true },
  ];
}

/** What a call comes to before its handler: `401`, `403`, or it gets to it. By the route's access alone. */
export function expected(
  access: Access,
  walker: Walker,
  isSudoSaid: boolean,
): 401 | 403 | 'let in' {
  if (walker.isRefused) return 401;
  if (walker.isPretender) return 403;
  if (access === 'anybody') return 'let in';
  if (walker.as === 'anonymous') return 401;
  if (access === 'known') return 'let in';
  if (!walker.isEntitled) return 403;
  return !access.sudo || (isSudoSaid && walker.maySudo) ? 'let in' : 403;
}
