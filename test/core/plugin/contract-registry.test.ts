import { expect, test } from 'vitest';
import type { ContractToken } from '../../../core/contract-token.ts';
import { pluginErrors } from '../../../core/errors/catalogue/plugin.ts';
import { stateErrors } from '../../../core/errors/catalogue/state.ts';
import { createContractRegistry } from '../../../core/plugin/contract-registry.ts';
import type { RunnerContext } from '../../../core/plugin/plugin.ts';

const token = 'authorizer' satisfies ContractToken;
const ask = (extension: () => void) => {
  const registry = createContractRegistry(() => ({}) as RunnerContext);
  registry.expose('lock', token, () => ({ allows: async () => false }));
  registry.extend('guest', token, extension);
  return registry.use('the task', token);
};

test('what a contract refuses to its extension is told of the plugin that extends it', async () => {
  const refused = pluginErrors.create('DS_SETTING_INVALID', { problems: ['no such door'] });
  const asked = ask(() => {
    throw refused;
  });
  await expect(asked).rejects.toMatchObject({
    code: 'DS_PLUGIN_THREW',
    facts: { plugin: 'guest', reason: refused.message },
    cause: refused,
  });
});

test('what the machine refuses to an extension stays what it is', async () => {
  const facts = { path: '/there', reason: 'the disk is full' };
  const refused = stateErrors.create('DS_STATE_UNWRITABLE', facts);
  const asked = ask(() => {
    throw refused;
  });
  await expect(asked).rejects.toBe(refused);
});
