import type { Contracts } from 'devservices';
import type { ApiContext } from '../api-context.ts';
import type { ApiRequest, Handlers } from '../route.ts';
import type { optionSpecs } from '../specs/options.ts';

type ProjectOptions = Contracts['projectOptions'];
type Asker = Parameters<ProjectOptions['get']>[0]['asker'];

/** Options of this project. */
export function optionHandlers({
  use,
  name: project,
}: Pick<ApiContext, 'use' | 'name'>): Handlers<(typeof optionSpecs)[number]> {
  const read = async (request: Pick<ApiRequest, 'principal' | 'allows'>, keys: string[]) => {
    const options = await use('projectOptions');
    for (const key of keys) options.find(key);
    const asker = await askerOf(request);
    const { projects } = await options.get({ projects: [project], keys, asker });
    return Object.entries(projects[project] ?? {}).map(([key, value]) => ({ key, ...value }));
  };
  return {
    async 'GET /options'(request) {
      return { project, options: await read(request, []) };
    },
    async 'GET /options/{key}'(request) {
      const [option] = await read(request, [request.params.key]);
      // `find` would have thrown: an option that was found has a value.
      if (option === undefined) throw new TypeError(`No value of ${request.params.key}.`);
      return option;
    },
    async 'PUT /options/{key}'({ params, body, by }) {
      const { value } = body;
      return (await use('projectOptions')).set({ project, ...params, value, by });
    },
    async 'DELETE /options/{key}'({ params, by }) {
      return (await use('projectOptions')).unset({ project, ...params, by });
    },
  };
}

/** As whom secrets are asked for: a user has to act as the superuser, a token to have been given it. */
async function askerOf(request: Pick<ApiRequest, 'principal' | 'allows'>): Promise<Asker> {
  const { principal } = request;
  if (principal.kind === 'owner') return 'owner';
  if (!('user' in principal)) return 'anybody';
  return (await request.allows('options.secrets')) ? { user: principal.user } : 'known';
}
