import { entry } from 'devservices/machine';

/** Who may not do what was asked. */
export const rightErrors = {
  DS_API_PRINCIPAL_NEEDED: entry<{ key: string }>({
    blame: 'user',
    title: 'The API was asked by nobody in particular',
    message: ({ key }) => `\`${key}\` answers only those whom it knows.`,
    hint: () =>
      'Send `Authorization: Bearer TOKEN`, with the token that `devservices serve` prints or one of `devservices tokens add`; in this process say `as`.',
  }),
  DS_API_TOKEN_REFUSED: entry<Record<string, never>>({
    blame: 'user',
    title: 'A token is not good, or no longer',
    message: () => 'The token is not known here, or it is no longer good, or its user is not.',
    hint: () =>
      "`devservices tokens list` shows those that are good; a server's own ends with the server.",
  }),
  DS_API_USER_REFUSED: entry<{ user: string }>({
    blame: 'user',
    title: 'A call was to be made as a user who is not there, or not active',
    message: ({ user }) => `There is no active user ${quoted(user)} in the store.`,
    hint: () => '`devservices permissions users list --directory store` lists them.',
  }),
  DS_API_ACTING_REFUSED: entry<{ by: string }>({
    blame: 'user',
    title: 'Only the owner acts as somebody else over HTTP',
    message: ({ by }) => `${by} asked as somebody else, which only the server's own token may.`,
    hint: () => 'Leave `as` (the header Devservices-As) out, or take a token of that user.',
  }),
  DS_API_FORBIDDEN: entry<{ by: string; key: string; permission?: string | undefined }>({
    blame: 'user',
    title: 'Who asked may not do that',
    message: ({ by, key, permission }) =>
      permission === undefined
        ? `${by} asked \`${key}\` as a superuser, and is none.`
        : `${by} may not \`${key}\`: it needs the permission "${permission}".`,
    hint: ({ permission }) =>
      permission === undefined
        ? 'Leave `superuser` (the header Devservices-Superuser) out.'
        : `\`devservices permissions add --directory store --user NAME --permission ${permission}\` gives it; a token has only what it was made with.`,
  }),
  DS_API_SUPERUSER_NEEDED: entry<{ by: string; key: string; permission: string }>({
    blame: 'user',
    title: 'A superuser did not ask as one',
    message: ({ by, key, permission }) =>
      `\`${key}\` needs the permission "${permission}", which ${by} has as a superuser only, and did not ask as one.`,
    hint: () => 'Say `superuser: true` with the call, over HTTP `Devservices-Superuser: true`.',
  }),
  DS_API_SUDO_NEEDED: entry<{ by: string; key: string; isGiven: boolean }>({
    blame: 'user',
    title: 'A call that decides who may do what was not said to be meant',
    message: ({ by, key, isGiven }) =>
      isGiven
        ? `${by} may not \`${key}\`: the token was made without --sudo.`
        : `\`${key}\` decides who may do what, and ${by} did not say that it is meant.`,
    hint: ({ isGiven }) =>
      isGiven
        ? 'Make a token for that by `devservices tokens add … --sudo`.'
        : 'Say `sudo: true` with the call, over HTTP `Devservices-Sudo: true`.',
  }),
  DS_API_ESCALATION: entry<{ key: string; by: string; problem: string }>({
    blame: 'user',
    title: 'A call within a call asked for more than the outer one may',
    message: ({ key, by, problem }) =>
      `\`${key}\` was called within a call of ${by}, ${problem}: together they can do no more than each alone.`,
    hint: () =>
      'Give whoever makes the outer call that right, or do it outside of the call that is being answered.',
  }),
  DS_API_TOO_DEEP: entry<{ key: string; limit: number }>({
    blame: 'plugin',
    title: 'Calls within calls go too deep',
    message: ({ key, limit }) =>
      `\`${key}\` was called within ${limit} calls, each within the one before.`,
    hint: () => 'Look for a route that calls itself, by itself or through others.',
  }),
  DS_API_TWO_PRINCIPALS: entry<{ key: string }>({
    blame: 'user',
    title: 'A call was given two principals',
    message: ({ key }) => `\`${key}\` was given both \`as\` and \`request\`: nothing was sent.`,
    hint: () => 'Say one of them: `request` takes over whoever made that request.',
  }),
};

const quoted = (text: string): string => JSON.stringify(Array.from(text).slice(0, 80).join(''));
