import { type Contracts, defineTask } from 'devservices';
import { operatorName, plainText } from 'devservices/machine';

type Tokens = Contracts['apiTokens'];
type Added = Awaited<ReturnType<Tokens['add']>>;
type Listed = Awaited<ReturnType<Tokens['list']>>;

export default defineTask(import.meta, {
  name: 'tokens',
  description: 'Tokens by which tools use the control API on behalf of a user',
  commands: {
    add: {
      description: 'Makes a token, which is shown this once; without permissions it reads',
      args: {
        name: {
          kind: 'option',
          value: 'NAME',
          required: true,
          description: 'By which it is listed and revoked',
        },
        user: {
          kind: 'option',
          value: 'NAME',
          required: true,
          description: 'For whom it speaks: username, e-mail address, or id:ID',
        },
        permission: {
          kind: 'option',
          value: 'NAME',
          many: true,
          description: 'What it may do, where its user may: services.write',
        },
        sudo: { kind: 'flag', description: 'It may also decide who may do what' },
        expires: {
          kind: 'option',
          value: 'TIME',
          description: 'When it ends: 30d, 12h or a date; default: never',
        },
      },
      async run({ args: { permission: permissions, ...args }, log, use }) {
        const [tokens, authorizer] = await Promise.all([use('apiTokens'), use('authorizer')]);
        const added = await tokens.add({ ...args, permissions, by: `os:${operatorName()}` });
        const { entry } = added;
        const until = entry.expires === null ? '' : ` until ${entry.expires}`;
        log.info(`${entry.name} speaks for ${entry.user}${until}. Its token is shown this once:`);
        for (const one of entry.permissions) {
          if (await authorizer.allows(entry.user, one)) continue;
          log.warn(`${one} has no effect: ${entry.user} may not do that.`);
        }
        return added;
      },
      tellOnce: ({ token }: Added) => token,
    },
    list: {
      description: 'Shows tokens, without what is secret of them',
      args: { all: { kind: 'flag', description: 'Also those that were revoked or have expired' } },
      async run({ args, use }) {
        const tokens = await (await use('apiTokens')).list();
        return { tokens: tokens.filter(({ state }) => args.all || state === 'live') };
      },
      render({ tokens }: { tokens: Listed }, style) {
        if (tokens.length === 0) return 'There are no tokens.';
        return style.table(
          tokens.map((one) => [
            style.bold(one.name),
            plainText(one.user),
            [...one.permissions, ...(one.sudo ? ['sudo'] : [])].join(' ') || 'reads only',
            one.state === 'live' ? '' : style.yellow(one.state),
            one.expires === null ? '' : `until ${one.expires}`,
            style.dim(one.lastUsed === null ? 'never used' : `used ${one.lastUsed}`),
            style.dim(`id:${one.id}`),
          ]),
        );
      },
    },
    revoke: {
      description: 'Makes a token good for nothing, at once',
      args: {
        token: {
          kind: 'positional',
          required: true,
          secret: true,
          description: 'Name, id:ID, or the token itself',
        },
      },
      async run({ args, log, use }) {
        const result = await (
          await use('apiTokens')
        ).revoke({ token: args.token, by: `os:${operatorName()}` });
        const { name } = result.entry;
        const isNew = result.change === 'revoked';
        log.info(`${name} is ${isNew ? 'revoked' : 'revoked already'}.`);
        return result;
      },
    },
  },
});
