import { defineErrors, didYouMean, entry } from 'devservices/machine';

/** Enough of a user to tell it from others. */
export interface ShownUser {
  id: string;
  username: string;
  email: string | null;
}

/** Everything that plugins/permissions can throw; `directory` is its description, for people. */
export const permissionErrors = defineErrors({
  DS_USER_UNKNOWN: entry<{
    given: string;
    directory: string;
    /** Whom it may have been meant to name. */
    suggestion?: string | undefined;
    /** Characters that are not ASCII, by name: `"а" (U+0430)`. */
    unusual: readonly string[];
  }>({
    blame: 'user',
    title: 'A user that does not exist was named',
    message: ({ given, directory, suggestion, unusual }) =>
      [
        `There is no user ${quoted(given)} in ${directory}.`,
        ...(suggestion === undefined ? [] : [`Did you mean "${suggestion}"?`]),
        ...(unusual.length === 0 ? [] : [`Note ${unusual.join(', ')}: such may look like others.`]),
      ].join(' '),
    hint: () =>
      '`devservices permissions users list` lists them; `--user id:ID` names one by its id.',
  }),
  DS_USER_AMBIGUOUS: entry<{ given: string; directory: string; users: readonly ShownUser[] }>({
    blame: 'user',
    title: 'More than one user answers to a name',
    message: ({ given, directory, users }) =>
      [`${users.length} users in ${directory} answer to ${quoted(given)}:`]
        .concat(users.map((user) => `  ${describeUser(user)}`))
        .join('\n'),
    hint: ({ users }) => `Name one by its id: \`--user id:${users[0]?.id ?? 'ID'}\`.`,
  }),
  DS_USER_NOT_SUPERUSER: entry<{
    id: string;
    username: string;
    permission: string;
    directory: string;
    /** The command that makes it one. */
    command: string;
    isApplications: boolean;
  }>({
    blame: 'user',
    title: 'Permissions are for superusers',
    message: ({ username, permission, directory }) =>
      `${username} is no superuser in ${directory}, so ${quoted(permission)} would have no effect and was not added.`,
    hint: ({ username, command, isApplications }) =>
      isApplications
        ? `Make ${username} a superuser in the application, or by \`${command}\`.`
        : `Run \`${command}\` first.`,
  }),
  DS_USER_EXISTS: entry<{ what: 'username' | 'email'; given: string; directory: string }>({
    blame: 'user',
    title: 'Another user has that name or e-mail address',
    message: ({ what, given, directory }) =>
      `There is a user with the ${titles[what]} ${quoted(given)} in ${directory} already; upper and lower case count as the same.`,
    hint: ({ what }) =>
      `Choose another ${titles[what]}; \`devservices permissions users list\` lists those taken.`,
  }),
  DS_USER_INVALID: entry<{ what: 'username' | 'email'; given: string; problem: string }>({
    blame: 'user',
    title: 'A username or e-mail address cannot be taken',
    message: ({ what, given, problem }) => `The ${titles[what]} ${quoted(given)} ${problem}.`,
    hint: ({ what }) =>
      what === 'email'
        ? 'Give an address such as ada@example.org.'
        : 'Take letters of one script, digits and ._@+- for it.',
  }),
  DS_USER_CHANGE_MISSING: entry<{ username: string }>({
    blame: 'user',
    title: 'It was not said what is to be changed of a user',
    message: ({ username }) => `Nothing was named that is to be changed of ${username}.`,
    hint: () => 'Give --email, --superuser, --no-superuser or --active.',
  }),
  DS_PERMISSION_INVALID: entry<{ permission: string; problem: string }>({
    blame: 'user',
    title: 'The name of a permission cannot be taken',
    message: ({ permission, problem }) => `The permission ${quoted(permission)} ${problem}.`,
    hint: () =>
      'Take a name such as mail.read: small letters a to z, digits and . _ : - for it, a letter or digit first.',
  }),
  DS_PERMISSION_UNKNOWN: entry<{ permission: string; known: readonly string[] }>({
    blame: 'user',
    title: 'A permission that nothing asks for was named',
    message: ({ permission, known }) =>
      `Nothing declares the permission ${quoted(permission)}.${didYouMean(permission, known)} ${
        known.length === 0 ? 'None are declared.' : `There are: ${known.join(', ')}.`
      }`,
    hint: () =>
      'Correct the name, declare it by `permissions({ declare: [{ name, description }] })`, or give --force.',
  }),
  DS_PERMISSION_CONFLICT: entry<{
    permission: string;
    descriptions: readonly [string, string];
  }>({
    blame: 'plugin',
    title: 'A permission is declared with two meanings',
    message: ({ permission, descriptions: [first, second] }) =>
      `The permission "${permission}" is declared twice, as "${first}" and as "${second}": who is given the one would have the other.`,
    hint: () => 'Rename one of them, or say it in the same words.',
  }),
  DS_DIRECTORY_MISSING: entry<Record<string, never>>({
    blame: 'user',
    title: "The application's users were asked for, and are not configured",
    message: () =>
      "The configuration does not say where the application's users and permissions are.",
    hint: () =>
      'Say it by `permissions({ directory: sqlDirectory({ … }) })`, or take `--directory store`.',
  }),
  DS_DIRECTORY_USERS_ARE_ITS: entry<{ username: string; directory: string }>({
    blame: 'user',
    title: 'Users of the application are made by the application',
    message: ({ username, directory }) =>
      `${username} was not added: the users in ${directory} are made by the application itself.`,
    hint: () =>
      'Make the user in the application, or take `--directory store` for one of devservices.',
  }),
  DS_DIRECTORY_COLUMN_UNNAMED: entry<{ option: string; directory: string }>({
    blame: 'user',
    title: 'The configuration does not say which column it is',
    message: ({ directory }) =>
      `It cannot be changed in ${directory}: the configuration names no column for it.`,
    hint: ({ option }) => `Name the column as \`${option}\` in sqlDirectory({ … }).`,
  }),
  DS_DIRECTORY_MISMATCH: entry<{ directory: string; problem: string }>({
    blame: 'user',
    title: "The application's tables are not as configured",
    message: ({ directory, problem }) => `${directory} cannot be used: ${problem}.`,
    hint: () =>
      "Correct the names in sqlDirectory({ … }), or run the application's migrations first.",
  }),
  DS_DIRECTORY_REFUSED: entry<{
    directory: string;
    /** In the database's own words. */
    reason: string;
    constraint?: string | undefined;
    /** The way out, where there is a usual one. */
    remedy?: string | undefined;
  }>({
    blame: 'environment',
    title: "The application's database refuses a change",
    message: ({ directory, reason, constraint }) =>
      `${directory}: the database refuses this: ${reason}${constraint === undefined || reason.includes(constraint) ? '' : ` (${constraint})`}. Nothing was changed.`,
    hint: ({ remedy }) =>
      remedy ?? "See which rule of the application's database it is, and what it wants.",
  }),
  DS_DIRECTORY_TEXT_INVALID: entry<{
    /** `the username` */
    what: string;
    text: string;
    character: string;
  }>({
    blame: 'user',
    title: 'A text has a character that no database keeps',
    message: ({ what, text, character }) =>
      `${what} ${quoted(text)} has ${character}, which a database cannot keep. Nothing was changed.`,
    hint: () => 'Leave that character out.',
  }),
});

const titles = { username: 'username', email: 'e-mail address' } as const;

/** `ada <ada@example.org> (id 7)` */
function describeUser({ id, username, email }: ShownUser): string {
  return `${username}${email === null || email === '' ? '' : ` <${email}>`} (id ${id})`;
}

// What cannot be seen, or would turn a line around, as numbers; never a screenful of it.
function quoted(text: string): string {
  const characters = Array.from(text);
  const shown = characters.slice(0, 80).map((character) => {
    if (!/[\p{C}\p{Zl}\p{Zp}]/u.test(character)) return character;
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
  return `"${shown.join('')}${characters.length > 80 ? '…' : ''}"`;
}
