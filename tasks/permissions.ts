import { type Contracts, defineTask } from 'devservices';
import { operatorName, plainText } from 'devservices/machine';

type Register = Contracts['permissions'];
type Given = Awaited<ReturnType<Register['list']>>;
type Holders = Awaited<ReturnType<Register['who']>>;
type Entries = Awaited<ReturnType<Register['log']>>;
type Users = Awaited<ReturnType<Register['users']['list']>>;
type User = Users[number];

const whom = 'Username, whatever its case, e-mail address, or id:ID';
const user = { kind: 'option', value: 'NAME', required: true, description: whom } as const;
const target = { kind: 'positional', required: true, description: whom } as const;
const permission = {
  kind: 'option',
  value: 'NAME',
  required: true,
  description: 'Such as mail.read',
} as const;
const directory = {
  kind: 'option',
  value: 'NAME',
  choices: ['store', 'app'],
  description:
    "Whose users: those of the application (the default where it is configured) or devservices' own",
} as const;
const email = { kind: 'option', value: 'ADDRESS', description: 'E-mail address' } as const;

export default defineTask(import.meta, {
  name: 'permissions',
  description: 'Who may do what: users, and the permissions that they have been given',
  commands: {
    add: {
      description: 'Gives a permission to a user, who has to be a superuser',
      args: {
        user,
        permission,
        force: { kind: 'flag', description: 'Also a permission that nothing declares' },
        directory,
      },
      async run({ args, log, use }) {
        const permissions = await use('permissions');
        const result = await permissions.add({ ...args, by: `os:${operatorName()}` });
        const { username } = result.user;
        const isNew = result.change === 'added';
        log.info(`${username} has ${result.permission} ${isNew ? 'now' : 'already'}.`);
        const reason = whyIneffective(result.user);
        if (reason !== undefined) log.warn(`It has no effect: ${reason}.`);
        return result;
      },
    },
    remove: {
      description: 'Takes a permission from a user',
      args: { user, permission, directory },
      async run({ args, log, use }) {
        const permissions = await use('permissions');
        const result = await permissions.remove({ ...args, by: `os:${operatorName()}` });
        const { username } = result.user;
        log.info(
          result.change === 'removed'
            ? `${username} does not have ${result.permission} any more.`
            : `${username} did not have ${result.permission}.`,
        );
        return result;
      },
    },
    list: {
      description: 'Shows what a user has been given',
      args: { user, directory },
      run: async ({ args, use }) => (await use('permissions')).list(args),
      render(given: Given, style) {
        const { username } = given.user;
        const reason = whyIneffective(given.user);
        const lines = given.permissions.map(
          ({ name, isDeclared }) =>
            `- ${plainText(name)}${isDeclared ? '' : style.yellow(' (nothing declares it)')}`,
        );
        return [
          style.bold(`Permissions of ${plainText(username)}`),
          ...(lines.length > 0 ? lines : ['None.']),
          ...(reason === undefined ? [] : [style.yellow(`Without effect: ${plainText(reason)}.`)]),
        ].join('\n');
      },
    },
    who: {
      description: 'Shows who has been given a permission',
      args: { permission, directory },
      run: async ({ args, use }) => (await use('permissions')).who(args),
      render(holders: Holders, style) {
        const lines = holders.users.map((holder) => {
          const reason = whyIneffective(holder);
          const note = reason === undefined ? '' : style.yellow(` (without effect: ${reason})`);
          return `- ${plainText(holder.username)}${note}`;
        });
        return [
          style.bold(`Who has ${plainText(holders.permission)}`),
          ...(lines.length > 0 ? lines : ['Nobody.']),
          ...(holders.isDeclared ? [] : [style.yellow('Nothing declares it.')]),
        ].join('\n');
      },
    },
    log: {
      description: 'Shows who changed what, the newest first',
      args: {
        user: { ...user, required: false },
        limit: {
          kind: 'option',
          value: 'COUNT',
          number: true,
          description: 'At most so many changes; default: 100',
        },
        directory,
      },
      run: async ({ args, use }) => ({ entries: await (await use('permissions')).log(args) }),
      render({ entries }: { entries: Entries }, style) {
        if (entries.length === 0) return 'Nothing was changed yet.';
        return style.table(
          entries.map(({ at, by: who, action, username, detail }) =>
            [style.dim(at), who, action, style.bold(plainText(username)), plainText(detail)].map(
              String,
            ),
          ),
        );
      },
    },
    'users list': {
      description: 'Shows all users',
      args: { directory },
      run: async ({ args, use }) => ({ users: await (await use('permissions')).users.list(args) }),
      render({ users }: { users: Users }, style) {
        if (users.length === 0) return 'There are no users.';
        return style.table(
          users.map((one) => [
            style.bold(plainText(one.username)),
            plainText(one.email ?? ''),
            one.superuser ? 'superuser' : '',
            one.active ? '' : style.yellow('inactive'),
            style.dim(`id:${plainText(one.id)}`),
          ]),
        );
      },
    },
    'users add': {
      description: "Makes a user of devservices' own",
      args: {
        username: { kind: 'positional', required: true, description: 'By which it is named' },
        email,
        superuser: { kind: 'flag', description: 'One who can be given permissions' },
        directory,
      },
      async run({ args, log, use }) {
        const { users } = await use('permissions');
        const result = await users.add({ ...args, by: `os:${operatorName()}` });
        const { username, superuser } = result.user;
        log.info(`${username} is a ${superuser ? 'superuser' : 'user'} now.`);
        return result;
      },
    },
    'users set': {
      description: 'Changes a user',
      args: {
        username: target,
        email,
        superuser: { kind: 'flag', description: 'Makes the user one who can be given permissions' },
        noSuperuser: {
          kind: 'flag',
          opposite: 'superuser',
          description: 'Makes what the user was given ineffective, until it is one again',
        },
        active: { kind: 'flag', description: 'Undoes `users deactivate`' },
        directory,
      },
      async run({ args, log, use }) {
        const { username: name, email: address, active, superuser, noSuperuser } = args;
        const { users } = await use('permissions');
        const result = await users.set({
          user: name,
          directory: args.directory,
          by: `os:${operatorName()}`,
          changes: {
            email: address,
            active: active || undefined,
            superuser: superuser || (noSuperuser ? false : undefined),
          },
        });
        log.info(`${describe(result.user)}${result.change === 'unchanged' ? ', as before' : ''}.`);
        return result;
      },
    },
    'users deactivate': {
      description: 'Makes all that a user was given ineffective; `users set --active` undoes it',
      args: { username: target, directory },
      async run({ args, log, use }) {
        const { users } = await use('permissions');
        const changes = { active: false };
        const { username: name, directory: chosen } = args;
        const result = await users.set({
          user: name,
          directory: chosen,
          by: `os:${operatorName()}`,
          changes,
        });
        log.info(`${describe(result.user)}${result.change === 'unchanged' ? ', as before' : ''}.`);
        return result;
      },
    },
  },
});

/** Why what a user was given does not count. */
function whyIneffective({ username, active, superuser }: User): string | undefined {
  const lacks = [...(superuser ? [] : ['no superuser']), ...(active ? [] : ['not active'])];
  return lacks.length === 0 ? undefined : `${username} is ${lacks.join(' and ')}`;
}

function describe({ username, email: address, active, superuser }: User): string {
  const what = `${active ? 'an active' : 'an inactive'} ${superuser ? 'superuser' : 'user'}`;
  return `${username} is ${what}${address === null ? '' : ` with the address ${address}`}`;
}
