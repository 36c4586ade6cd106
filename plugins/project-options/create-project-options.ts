import type { Contracts } from 'devservices';
import { buildReport } from './build-report.ts';
import { nameProblem } from './check-name.ts';
import type { ProjectOptions } from './contract.ts';
import { optionErrors } from './errors.ts';
import { createOptionRegister } from './option-register.ts';
import { openOptionStore, type OptionStore } from './option-store.ts';
import { readGiven } from './read-given.ts';
import { resolveSight } from './resolve-sight.ts';
import { writeValue } from './write-value.ts';

interface Needs {
  /** Asked on first use of what is stored. */
  database(): Promise<Contracts['database']>;
  /** The authorizer's answer; only `true` is a yes. */
  allows(user: string, permission: string): Promise<unknown>;
  /** Milliseconds since the epoch. */
  now?(): number;
}

/** Options per project, in the store. */
export function createProjectOptions(needs: Needs): ProjectOptions {
  const { now = Date.now } = needs;
  const register = createOptionRegister();
  let opening: Promise<OptionStore> | undefined;
  const store = async (): Promise<OptionStore> => {
    opening ??= needs.database().then(openOptionStore);
    try {
      return await opening;
    } catch (thrown) {
      // What cannot be opened now may be there at the next time.
      opening = undefined;
      throw thrown;
    }
  };
  return {
    declare: register.declare,
    declared: register.all,
    find: register.find,
    async get({ projects: asked, keys = [], asker }) {
      const { options, unknown } = register.select(keys);
      const projects = [...new Set(asked)];
      const sight = await resolveSight(asker, options, needs.allows);
      // What cannot have been stored, or is not to be seen, is not asked for.
      const names = projects.filter((project) => nameProblem(project) === undefined);
      const visible = options.filter(({ sensitivity }) => sight[sensitivity] !== 'nothing');
      const rows =
        names.length === 0 || visible.length === 0
          ? []
          : await (await store()).read({ projects: names, keys: visible.map(({ key }) => key) });
      return { projects: buildReport({ projects, options, sight, rows }), unknown };
    },
    read: (key, given) => readGiven(register.find(key), given),
    async set({ project, key, value, by }) {
      const option = register.find(key);
      assertProject(project);
      const text = writeValue(option, value);
      const at = new Date(now()).toISOString();
      const isChanged = await (await store()).write({ project, key, value: text, at, by });
      return { change: isChanged ? 'changed' : 'unchanged', project, key };
    },
    async unset({ project, key }) {
      assertProject(project);
      const wasThere =
        nameProblem(key) === undefined && (await (await store()).remove({ project, key }));
      return { change: wasThere ? 'changed' : 'unchanged', project, key };
    },
  };
}

function assertProject(project: string): void {
  const problem = nameProblem(project);
  if (problem !== undefined) throw optionErrors.create('DS_OPTION_PROJECT', { problem });
}
