import { isDevServicesError } from 'devservices/machine';
import type { ApiContext } from '../api-context.ts';
import type { TokenPrincipal } from '../principal.ts';
import type { StreamSession } from '../streams/stream-session.ts';
import { authenticate, findAgain, type Finders, labelOf } from './authenticate.ts';
import { allowsAll, authorise, type Asker, refusalOf } from './authorise.ts';
import { type Asked, type Link, outerOf } from './call-chain.ts';
import type { ApiCall } from './call.ts';

/** Who makes calls, and what they may do. */
export interface Rights {
  /** Throws where whoever it says it is, is nobody. */
  identify(request: Request, call: ApiCall): Promise<Link>;
  /** Throws what refuses it. */
  authorise(link: Link, asked: Asked): Promise<void>;
  allows(link: Link, permission: string): Promise<boolean>;
  /** Whether whoever reads a stream may still do so. */
  session(link: Link, asked: Asked): StreamSession;
}

/** By the users, tokens and the authorizer of this project; where one is missing, nobody is found, or may. */
export function createRights({ use }: Pick<ApiContext, 'use'>): Rights {
  const finders: Finders = {
    tokens: {
      find: (text) => orMissing(async () => toPrincipal(await (await use('apiTokens')).find(text))),
      look: (id) => orMissing(async () => toPrincipal(await (await use('apiTokens')).look(id))),
    },
    users: {
      find: (user) =>
        orMissing(async () => {
          const { users } = await use('permissions');
          const found = await users.find({ directory: 'store', user });
          return found?.active === true ? found : undefined;
        }),
    },
  };
  const allows = async (user: string, permission: string): Promise<boolean> =>
    (await orMissing(async () => (await use('authorizer')).allows(user, permission))) === true;

  return {
    async identify(request, call) {
      const { principal, superuser, sudo } = await authenticate(request, call, finders);
      const parents = 'parents' in call ? call.parents : [];
      const by = labelOf(principal);
      const asker: Omit<Asker, 'isSuperuser'> = { principal, by, superuser, sudo };
      const isToBeKnown = principal.kind === 'user' && superuser === true;
      const { isSuperuser } = isToBeKnown
        ? await findAgain(principal, finders)
        : { isSuperuser: false };
      return {
        ...asker,
        parents,
        depth: 1 + Math.max(0, ...parents.map(({ depth }) => depth)),
        refusal: (asked) => refusalOf({ ...asker, isSuperuser }, asked, allows),
        look: async () => void (await findAgain(principal, finders)),
      };
    },
    authorise,
    allows: allowsAll,
    session: (link, asked) => ({
      async check() {
        for (const one of [link, ...outerOf(link)]) await one.look();
        await authorise(link, asked);
      },
      onChange(look) {
        if (link.principal.kind !== 'token') return () => {};
        const { id } = link.principal;
        let hasLeft = false;
        let leave = (): void => void (hasLeft = true);
        const onRevoked = (revoked: string) => void (revoked === id && look());
        void use('apiTokens').then(
          (tokens) => void (hasLeft || (leave = tokens.onRevoked(onRevoked))),
          () => {},
        );
        return () => leave();
      },
    }),
  };
}

function toPrincipal(found: Omit<TokenPrincipal, 'kind'> | undefined): TokenPrincipal | undefined {
  return found && { kind: 'token', ...found };
}

/** Undefined where nothing in this project can tell; a store that cannot be asked is an error. */
async function orMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (thrown) {
    if (isDevServicesError(thrown) && thrown.code === 'DS_CONTRACT_MISSING') return undefined;
    throw thrown;
  }
}
