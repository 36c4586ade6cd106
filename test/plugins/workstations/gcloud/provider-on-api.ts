import { createShell } from '../../../../core/command.ts';
import { type Clock, systemClock } from '../../../../core/clock.ts';
import type {
  WorkstationProvider,
  WorkstationScope,
} from '../../../../plugins/workstations/contract.ts';
import { createGcloudProvider } from '../../../../plugins/workstations/gcloud/gcloud-provider.ts';
import { endLeftProcesses, type LeftProcess, processesOf } from '../../../rig/left-processes.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';

export interface ProviderOnApi extends AsyncDisposable {
  provider: WorkstationProvider;
  /** What runs of it. */
  left(): readonly LeftProcess[];
  /** What the plugin does at the end of a command. */
  end(): Promise<void>;
}

/** The provider with the real gcloud, which asks what `environment` leads it to. */
export function providerOnApi(
  api: { environment: Readonly<Record<string, string>> },
  {
    clock = systemClock,
    scope = {},
    environment = {},
    signal = new AbortController().signal,
  }: {
    clock?: Clock;
    scope?: Partial<WorkstationScope>;
    environment?: Readonly<Record<string, string>>;
    signal?: AbortSignal;
  } = {},
): ProviderOnApi {
  const home = createTempFolder();
  const undos: (() => Promise<void>)[] = [];
  const nothing = (): void => {};
  const $ = createShell(
    {
      allowed: ['gcloud'],
      who: 'The plugin workstations',
      cwd: '/',
      env: () => Promise.reject(new Error('nothing of the project is asked for')),
      signal,
    },
    { env: { ...process.env, ...api.environment, XDG_STATE_HOME: home, ...environment } },
  );
  const provider = createGcloudProvider({
    $,
    clock,
    log: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    defer: (undo) => void undos.push(undo),
    scope: { project: 'acme', ...scope },
    options: { user: 'user', folder: '/home/user' },
  });
  const end = async (): Promise<void> => {
    await Promise.all(undos.map((undo) => undo()));
  };
  return {
    provider,
    left: () => processesOf(home),
    end,
    async [Symbol.asyncDispose]() {
      await end();
      endLeftProcesses(home, processesOf);
    },
  };
}
