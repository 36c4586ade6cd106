import { definePlugin, isDevServicesError } from 'devservices';
import { projectOptionsOptions } from './options.ts';

/** Settings that each project has values of, with a schema, in the store. */
export const projectOptions = definePlugin({
  name: 'project-options',
  options: projectOptionsOptions,
  setup({ options, expose, extend, use }) {
    extend('permissions', async (names) => {
      const { secretsPermission } = await import('./resolve-sight.ts');
      names.declare(secretsPermission);
    });
    expose('projectOptions', async () => {
      const { createProjectOptions } = await import('./create-project-options.ts');
      const contract = createProjectOptions({
        database: () => use('database'),
        async allows(user, permission) {
          const authorizer = await use('authorizer').catch((thrown: unknown) => {
            // Where nobody decides who may, nobody may.
            if (isMissing(thrown, 'authorizer')) return undefined;
            throw thrown;
          });
          return authorizer?.allows(user, permission);
        },
      });
      for (const option of options.declare) contract.declare(option);
      return contract;
    });
  },
});

function isMissing(thrown: unknown, token: string): boolean {
  const isContract = isDevServicesError(thrown) && thrown.code === 'DS_CONTRACT_MISSING';
  return isContract && thrown.facts['token'] === token;
}
