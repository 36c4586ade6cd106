import { didYouMean } from '../../suggestion.ts';
import { defineErrors, entry } from '../error.ts';
import { listingOf, providerOf } from './shipped-plugins.ts';

export const pluginErrors = defineErrors({
  DS_PLUGIN_THREW: entry<{ plugin: string; where: string; reason: string }>({
    blame: 'plugin',
    title: "A plugin's code threw",
    message: ({ plugin, where, reason }) => `The plugin ${plugin} failed in ${where}: ${reason}`,
    hint: ({ plugin }) => `--verbose shows where; mend ${plugin} or take it out of \`plugins\`.`,
  }),
  DS_PLUGIN_VETO: entry<{ plugin: string; why: string }>({
    blame: 'plugin',
    title: 'A plugin vetoed the up',
    message: ({ plugin, why }) => `The plugin ${plugin} does not let this \`up\` go on: ${why}`,
    hint: () => 'Do what the plugin asks for, then run this again. Nothing was started.',
  }),
  DS_HOOK_TIMED_OUT: entry<{ plugin: string; hook: string; waited: string }>({
    blame: 'plugin',
    title: 'A tap of a hook took too long',
    message: ({ plugin, hook, waited }) =>
      `The plugin ${plugin} was not done with ${hook} after ${waited}.`,
    hint: () => 'Give the tap a `timeoutMs`, or raise `hookTimeout` in the configuration.',
  }),
  DS_HOOK_RETURNED: entry<{ plugin: string; hook: string; returned: string }>({
    blame: 'plugin',
    title: 'A tap of a hook returned something',
    message: ({ plugin, hook, returned }) =>
      `The plugin ${plugin} returned ${returned} from ${hook}, where nothing is expected.`,
    hint: () => 'Change what the payload holds in place, and return nothing.',
  }),
  DS_PLUGIN_SETUP_ASYNC: entry<{ plugin: string }>({
    blame: 'plugin',
    title: "A plugin's setup is asynchronous",
    message: ({ plugin }) =>
      `The setup of the plugin ${plugin} returned a promise; it has to be synchronous.`,
    hint: () =>
      'Open connections on first use: in a factory given to `expose` or `runner`, or in a hook.',
  }),
  DS_PLUGIN_INVALID: entry<{ what: string; from: string }>({
    blame: 'user',
    title: 'Something in `plugins` is not a plugin',
    message: ({ what, from }) => `${from} has ${what} in \`plugins\`, which is not a plugin.`,
    hint: () =>
      'List what `definePlugin({ name, setup })` returns, or a path or package to import it from.',
  }),
  DS_PLUGIN_NOT_FOUND: entry<{ specifier: string; from: string; reason: string }>({
    blame: 'user',
    title: 'A plugin could not be imported',
    message: ({ specifier, from, reason }) =>
      `The plugin "${specifier}" of ${from} could not be imported: ${reason}`,
    hint: () => 'Check the path, or install the package.',
  }),
  DS_PLUGIN_OPTIONS_INVALID: entry<{ plugin: string; problems: readonly string[] }>({
    blame: 'user',
    title: "A plugin's options are invalid",
    message: ({ plugin, problems }) =>
      `The options of the plugin ${plugin} are invalid:\n${problems.map((text) => `  ${text}`).join('\n')}`,
    hint: ({ plugin }) => `Mend the options of ${plugin} in the configuration.`,
  }),
  DS_PLUGIN_UNKNOWN: entry<{ names: readonly string[]; known: readonly string[] }>({
    blame: 'user',
    title: 'Options for a plugin that is not there',
    message: ({ names, known }) =>
      names.map((name) => `There is no plugin "${name}".${didYouMean(name, known)}`).join(' '),
    hint: ({ names }) => {
      const [listing] = names.flatMap((name) => listingOf(name) ?? []);
      return listing === undefined
        ? 'Add the plugin to `plugins` as a value, a path or a package.'
        : `Add it to a list in \`plugins\`: ${listing}.`;
    },
  }),
  DS_PLUGIN_CYCLE: entry<{ ring: readonly string[] }>({
    blame: 'plugin',
    title: 'Plugins want to come before one another in a ring',
    message: ({ ring }) => `These plugins each want to come after the next: ${ring.join(' → ')}.`,
    hint: () => 'Take one of their `after` or `before` out.',
  }),
  DS_PLUGIN_CLASH: entry<{ what: string; name: string; plugins: readonly [string, string] }>({
    blame: 'plugin',
    title: 'Two plugins bring the same thing',
    message: ({ what, name, plugins }) =>
      `The ${what} "${name}" is brought by the plugins ${plugins[0]} and ${plugins[1]}.`,
    hint: () => 'Take one of the two out of `plugins`.',
  }),
  DS_PLUGIN_FIELD_TAKEN: entry<{ plugin: string; field: string }>({
    blame: 'plugin',
    title: 'A plugin gives a field of services another meaning',
    message: ({ plugin, field }) =>
      `The plugin ${plugin} brings the field "${field}" of services, which has its meaning already.`,
    hint: ({ plugin }) =>
      `Its author has to name it otherwise; take ${plugin} out of \`plugins\` until then.`,
  }),
  DS_PLUGIN_ASKS_MORE: entry<{ plugin: string; added: readonly string[] }>({
    blame: 'user',
    title: 'A plugin of a package asks for more than before',
    message: ({ plugin, added }) =>
      `The plugin ${plugin} now asks for more than devservices.lock allows: ${added.join(', ')}.`,
    hint: ({ plugin }) =>
      `If that is right, allow it with \`devservices plugins --allow ${plugin}\`.`,
  }),
  DS_PLUGIN_LOCK_INVALID: entry<{ path: string }>({
    blame: 'user',
    title: 'devservices.lock cannot be read',
    message: ({ path }) => `${path} is not what devservices wrote.`,
    hint: () =>
      'Take the last committed version of it, or remove it: the next task writes it anew.',
  }),
  DS_PERMISSION_DENIED: entry<{ who: string; asked: string; declared: string }>({
    blame: 'plugin',
    title: 'Something was used that was not asked for',
    message: ({ who, asked, declared }) => `${who} used ${asked}, but declares ${declared}.`,
    hint: () => 'Add it to the `permissions` of the declaration.',
  }),
  // Who lists the plugins is to list one more; who asks can not know which there are.
  DS_CONTRACT_MISSING: entry<{ token: string; asker: string; known: readonly string[] }>({
    blame: 'user',
    title: 'Nobody exposes what was asked for',
    message: ({ token, asker, known }) =>
      `${asker} asks for "${token}", which no plugin exposes.${didYouMean(token, known)}`,
    hint: ({ token }) =>
      `Add ${providerOf(token) ?? `the plugin that exposes "${token}"`} to \`plugins\`.`,
  }),
  DS_CONTRACT_MADE: entry<{ token: string; plugin: string }>({
    blame: 'plugin',
    title: 'A contract was extended too late',
    message: ({ token, plugin }) =>
      `The plugin ${plugin} extends "${token}" after somebody was given it.`,
    hint: () => 'Call `extend` in `setup`, and not in a hook.',
  }),
  DS_SETTING_REQUIRED: entry<{
    missing: readonly { key: string; description: string; owner: string }[];
  }>({
    blame: 'user',
    title: 'Required options are missing',
    message: ({ missing }) =>
      `Options are missing:\n${missing.map(({ key, description, owner }) => `  ${key} (${owner}): ${description}`).join('\n')}`,
    hint: () => 'Set them in `options` of the configuration, or in its `optionsFile`.',
  }),
  DS_SETTING_INVALID: entry<{ problems: readonly string[] }>({
    blame: 'user',
    title: 'Options are invalid',
    message: ({ problems }) =>
      `Options are invalid:\n${problems.map((text) => `  ${text}`).join('\n')}`,
    hint: () => 'Mend them in `options` of the configuration, or in its `optionsFile`.',
  }),
});
