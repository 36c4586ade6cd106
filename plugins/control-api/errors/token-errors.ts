import { didYouMean, entry } from 'devservices/machine';

/** What is wrong with tokens, and with who asks for them. */
export const tokenErrors = {
  DS_API_TOKEN_INVALID: entry<{ what: 'name' | 'expiry'; given: string; problem: string }>({
    blame: 'user',
    title: 'A token cannot be made as it was asked for',
    message: ({ what, given, problem }) => `The ${titles[what]} ${quoted(given)} ${problem}.`,
    hint: ({ what }) =>
      what === 'name'
        ? 'Take a name such as ci-deploy.'
        : 'Give a time such as 30d or 12h, or a date such as 2030-01-31.',
  }),
  DS_API_TOKEN_EXISTS: entry<{ name: string }>({
    blame: 'user',
    title: 'A token of that name is there already',
    message: ({ name }) => `There is a token ${quoted(name)} that is still good.`,
    hint: ({ name }) =>
      `Choose another name, or revoke that one first: \`devservices tokens revoke ${name}\`.`,
  }),
  DS_API_TOKEN_UNKNOWN: entry<{ given: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A token that does not exist was named',
    message: ({ given, known }) => `There is no token ${quoted(given)}.${didYouMean(given, known)}`,
    hint: () => '`devservices tokens list --all` lists them.',
  }),
  DS_API_PERMISSION_UNKNOWN: entry<{ permission: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A token was to have a permission that nothing asks for',
    message: ({ permission, known }) =>
      `Nothing declares the permission ${quoted(permission)}.${didYouMean(permission, known)} ${
        known.length === 0 ? 'None are declared.' : `There are: ${known.join(', ')}.`
      }`,
    hint: () => 'Correct the name, or leave it out: without permissions a token reads.',
  }),
  DS_API_OWN_RIGHTS: entry<{ user: string }>({
    blame: 'user',
    title: 'Somebody asked the API to change their own rights',
    message: ({ user }) =>
      `${quoted(user)} is who asked: nobody changes by the API what they themselves may do.`,
    hint: () =>
      'Ask another administrator, or run `devservices permissions` or `devservices tokens` on this machine.',
  }),
};

const titles = { name: 'name', expiry: 'time of its end' } as const;

// What cannot be seen, or would turn a line around, as numbers; never a screenful of it.
function quoted(text: string): string {
  const characters = Array.from(text);
  const shown = characters
    .slice(0, 80)
    .map((character) =>
      /[\p{C}\p{Zl}\p{Zp}]/u.test(character)
        ? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
        : character,
    );
  return `"${shown.join('')}${characters.length > 80 ? '…' : ''}"`;
}
