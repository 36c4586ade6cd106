import type { KnownOption } from './check-declaration.ts';
import type { Asker, Sensitivity } from './contract.ts';

/** What an asker sees of an option: its value, only whether there is one, or not even that. */
export type Sight = 'value' | 'presence' | 'nothing';

/** What is asked of whoever is to see secrets. */
export const secretsPermission = {
  name: 'options.secrets',
  description: "Sees the secret options of projects, such as a mail server's password",
};

/** Who sees what; the authorizer is asked only where there is a secret, and only its `true` is a yes. */
export async function resolveSight(
  asker: Asker,
  options: readonly KnownOption[],
  allows: (user: string, permission: string) => Promise<unknown>,
): Promise<Readonly<Record<Sensitivity, Sight>>> {
  if (asker === 'owner') return { public: 'value', internal: 'value', secret: 'value' };
  const user = userOf(asker);
  if (asker !== 'known' && user === undefined) {
    return { public: 'value', internal: 'nothing', secret: 'nothing' };
  }
  const hasSecret = options.some(({ sensitivity }) => sensitivity === 'secret');
  const isAllowed =
    hasSecret && user !== undefined && (await allows(user, secretsPermission.name)) === true;
  return { public: 'value', internal: 'value', secret: isAllowed ? 'value' : 'presence' };
}

// Whoever is not understood is nobody that is known.
function userOf(asker: Asker): string | undefined {
  const user = typeof asker === 'object' && asker !== null ? asker.user : undefined;
  return typeof user === 'string' && user !== '' ? user : undefined;
}
