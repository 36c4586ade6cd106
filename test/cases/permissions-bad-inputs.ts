/** Arguments that are refused with exit 2 where `ada` is a superuser and `bob` is none. */
export interface BadInput {
  name: string;
  /** Behind `devservices permissions`. */
  words: readonly string[];
  code: string;
  says?: readonly string[];
  hints?: string;
}

const cyrillicA = '\u{430}';
const fullwidthM = '\u{ff4d}';
const joiner = '\u{200d}';

export const addTo = (user: string, permission = 'mail.read', ...more: string[]) => [
  'add',
  `--user=${user}`,
  `--permission=${permission}`,
  ...more,
];
const give = (permission: string, ...more: string[]) => addTo('ada', permission, ...more);

const users: BadInput[] = [
  {
    name: 'somebody who is not there',
    words: addTo('adda'),
    code: 'DS_USER_UNKNOWN',
    says: ['"adda"', 'in the store', 'Did you mean "ada"?'],
    hints: 'devservices permissions users list',
  },
  {
    name: 'somebody who is no superuser',
    words: addTo('bob'),
    code: 'DS_USER_NOT_SUPERUSER',
    says: ['bob is no superuser', '"mail.read"'],
    hints: '`devservices permissions users set bob --superuser`',
  },
  { name: 'nobody', words: addTo(''), code: 'DS_USER_UNKNOWN', says: ['""'] },
  {
    name: 'a Cyrillic letter in a name',
    words: addTo(`${cyrillicA}da`),
    code: 'DS_USER_UNKNOWN',
    says: ['(U+0430)', 'Did you mean "ada"?'],
  },
  {
    name: 'a joiner that cannot be seen in a name',
    words: addTo(`a${joiner}da`),
    code: 'DS_USER_UNKNOWN',
    says: ['U+200D'],
  },
  {
    name: 'a name of 10,000 characters',
    words: addTo('a'.repeat(10_000)),
    code: 'DS_USER_UNKNOWN',
    says: ['…"'],
  },
  { name: 'an id that is nobody’s', words: addTo('id:7'), code: 'DS_USER_UNKNOWN' },
  ...[
    "ada' or '1'='1",
    'ada" or ""="',
    "ada'; drop table devservices_user; --",
    'ada\\',
    'ad_',
    'a%',
    '*',
    'ada\nbob',
    'ada\u{1b}[2J',
    "id:' or 1=1 --",
    "ada@example.org' or 'a'='a",
  ].map((user) => ({
    name: `the user ${JSON.stringify(user)}`,
    words: addTo(user),
    code: 'DS_USER_UNKNOWN',
  })),
];

const names: BadInput[] = [
  {
    name: 'a permission that nothing declares',
    words: give('mail.reed'),
    code: 'DS_PERMISSION_UNKNOWN',
    says: ['"mail.reed"', 'Did you mean "mail.read"?', 'mail.send'],
    hints: '--force',
  },
  {
    name: 'an empty permission',
    words: give(''),
    code: 'DS_PERMISSION_INVALID',
    says: ['is empty'],
    hints: 'mail.read',
  },
  {
    name: 'a permission that is too long, also by force',
    words: give('a'.repeat(65), '--force'),
    code: 'DS_PERMISSION_INVALID',
    says: ['has 65 characters, and there is room for 64'],
  },
  ...[
    [`m${cyrillicA}il.read`, '(U+0430)'],
    [`${fullwidthM}ail.read`, '(U+FF4D)'],
    [`mail.${joiner}read`, 'U+200D'],
    ['Mail.read', '"M" (U+004D)'],
    ['mail read', 'U+0020'],
    ['mail.read\n', 'U+000A'],
    ["mail.read'; drop table devservices_grant; --", '"\'" (U+0027)'],
    ['mail.read"', '(U+0022)'],
    ['mail.%', '"%" (U+0025)'],
  ].map(([permission = '', character = '']) => ({
    name: `the permission ${JSON.stringify(permission)}, also by force`,
    words: give(permission, '--force'),
    code: 'DS_PERMISSION_INVALID',
    says: [character],
  })),
  {
    name: 'to take away a look-alike of what somebody has',
    words: ['remove', '--user', 'ada', '--permission', `m${cyrillicA}il.read`],
    code: 'DS_PERMISSION_INVALID',
    says: ['(U+0430)'],
  },
  {
    name: 'to ask for the holders of a look-alike',
    words: ['who', '--permission', `m${cyrillicA}il.read`],
    code: 'DS_PERMISSION_INVALID',
    says: ['(U+0430)'],
  },
];

const newUsers: BadInput[] = [
  {
    name: 'a username that is taken, in another case',
    words: ['users', 'add', 'ADA'],
    code: 'DS_USER_EXISTS',
    says: ['"ADA"'],
    hints: 'Choose another',
  },
  {
    name: 'an e-mail address that is taken, in another case',
    words: ['users', 'add', 'eve', '--email', 'ADA@example.org'],
    code: 'DS_USER_EXISTS',
    says: ['"ADA@example.org"'],
  },
  ...[
    ['', 'is empty'],
    ['a'.repeat(151), 'has 151 characters, and there is room for 150'],
    [`${cyrillicA}da`, '(U+0430) of Cyrillic'],
    ['\u{ff41}da', '(U+FF41), another way to write "ada"'],
    [`a${joiner}da`, 'U+200D'],
    ['id:7', 'begins with "id:"'],
    ["eve'; --", '"\'" (U+0027)'],
    ['eve\nadmin', 'U+000A'],
  ].map(([username = '', problem = '']) => ({
    name: `the username ${JSON.stringify(username)}`,
    words: ['users', 'add', '--superuser', '--', username],
    code: 'DS_USER_INVALID',
    says: [problem],
  })),
  ...[
    ['', 'is empty'],
    ['eve', 'is not of the form someone@somewhere'],
    ['eve@a\u{202e}b', 'U+202E'],
    [`${'e'.repeat(250)}@a.bc`, 'has 255 characters'],
  ].map(([email = '', problem = '']) => ({
    name: `the e-mail address ${JSON.stringify(email)}`,
    words: ['users', 'add', 'eve', `--email=${email}`],
    code: 'DS_USER_INVALID',
    says: [problem],
  })),
  {
    name: 'nothing that is to be changed of a user',
    words: ['users', 'set', 'ada'],
    code: 'DS_USER_CHANGE_MISSING',
    hints: '--superuser',
  },
];

const commandLines: BadInput[] = [
  {
    name: 'no user',
    words: ['add', '--permission', 'mail.read'],
    code: 'DS_ARGUMENT_MISSING',
    says: ['--user'],
    hints: 'devservices permissions add --help',
  },
  {
    name: 'no permission',
    words: ['remove', '--user', 'ada'],
    code: 'DS_ARGUMENT_MISSING',
    says: ['--permission'],
  },
  {
    name: 'no command',
    words: [],
    code: 'DS_TASK_COMMAND_UNKNOWN',
    says: ['needs a command', 'users deactivate'],
  },
  {
    name: 'a misspelt command',
    words: ['ad', '--user', 'ada', '--permission', 'mail.read'],
    code: 'DS_TASK_COMMAND_UNKNOWN',
    says: ['"ad"', 'Did you mean "add"?'],
    hints: 'devservices permissions --help',
  },
  {
    name: 'a misspelt command of two words',
    words: ['users', 'deactivat', 'ada'],
    code: 'DS_TASK_COMMAND_UNKNOWN',
    says: ['users deactivate'],
  },
  {
    name: 'a misspelt flag',
    words: ['add', '--usr', 'ada', '--permission', 'mail.read'],
    code: 'DS_ARGUMENT_UNKNOWN',
    says: ['--usr'],
  },
  {
    name: 'a user too many',
    words: ['users', 'deactivate', 'ada', 'bob'],
    code: 'DS_ARGUMENT_UNEXPECTED',
    says: ['bob'],
  },
  {
    name: 'both a superuser and none',
    words: ['users', 'set', 'bob', '--superuser', '--no-superuser'],
    code: 'DS_ARGUMENT_CONFLICT',
    says: ['--superuser', '--no-superuser'],
  },
  {
    name: 'the users of an application that is not configured',
    words: give('mail.read', '--directory', 'app'),
    code: 'DS_DIRECTORY_MISSING',
    hints: 'sqlDirectory',
  },
  {
    name: 'users that there are nowhere',
    words: give('mail.read', '--directory', 'nowhere'),
    code: 'DS_ARGUMENT_INVALID',
    says: ['nowhere'],
  },
  {
    name: 'a limit that is no number',
    words: ['log', '--limit', 'few'],
    code: 'DS_ARGUMENT_INVALID',
    says: ['few'],
  },
];

export const badInputs: readonly BadInput[] = [...users, ...names, ...newUsers, ...commandLines];
