import { expect } from 'vitest';
import type { ReportedError } from '../../core/events.ts';
import { type Checkout, createCheckout, type Ran, type RunOptions } from './checkout.ts';
import type { TestEngine } from './engine/ensure-engine.ts';
import { endLeftProcesses, processesOf } from './left-processes.ts';

/** A repo whose workstations are containers on the engine of the tests. */
export interface WorkstationsOnEngine extends Checkout {
  readonly project: string;
  /** `devservices workstations list`: `call(['list'])`. */
  call(words: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The same with `--json`: what it gave. Expects it to go well. */
  ask<Answer>(words: readonly string[], options?: RunOptions): Promise<Answer>;
  /** The same, expecting it to be refused with this status. */
  refusal(exitCode: number, words: readonly string[]): Promise<ReportedError>;
  /** Names on the engine of all that is there for workstations of the project. */
  found(): Promise<string[]>;
  /** Command lines of what tasks started, and that lives. */
  living(): string[];
}

const prefix = 'dev.devservices.workstation';

export function createWorkstationsOnEngine(
  engine: TestEngine,
  services: object = {},
): WorkstationsOnEngine {
  const checkout = createCheckout(engine);
  const { docker, stateHome } = checkout;
  const project = checkout.root.split('/').at(-1) ?? '';
  checkout.write({
    'devservices.config.ts': `
      import { defineConfig } from 'devservices';
      import { workstations } from 'devservices/plugins/workstations';
      export default defineConfig({
        services: ${JSON.stringify(services)},
        plugins: [workstations({ docker: { image: '${engine.images.workstation}' } })],
      });`,
  });
  const list = async () => {
    const filters = JSON.stringify({ label: [`${prefix}.project=${project}`] });
    return {
      containers: await docker.listContainers({ all: true, filters }),
      networks: await docker.listNetworks({ filters }),
      volumes: (await docker.listVolumes({ filters })).Volumes,
    };
  };
  const call: WorkstationsOnEngine['call'] = (words, options) =>
    checkout.task('workstations', words, options);
  return {
    ...checkout,
    project,
    call,
    async ask<Answer>(words: readonly string[], options?: RunOptions) {
      const ran = await call([...words, '--json'], options);
      expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0);
      const { result, ...document } = lastDocument(ran);
      return (result ?? document) as Answer;
    },
    async refusal(exitCode, words) {
      const ran = await call([...words, '--json']);
      expect(ran.exitCode, ran.stdout + ran.stderr).toBe(exitCode);
      const [first] = lastDocument(ran).errors ?? [];
      if (!first) throw new Error(`No error in ${ran.stdout}`);
      return first;
    },
    async found() {
      const { containers, networks, volumes } = await list();
      const names = [
        ...containers.map(({ Names }) => Names[0]?.slice(1) ?? ''),
        ...networks.map(({ Name }) => Name),
        ...volumes.map(({ Name }) => Name),
      ];
      return names.map((name) => name.replace(`${project}_workstation_`, '')).toSorted();
    },
    living: () => processesOf(stateHome).map(({ command }) => command),
    async [Symbol.asyncDispose]() {
      endLeftProcesses(stateHome, processesOf);
      const { containers, networks, volumes } = await list();
      for (const { Id } of containers) {
        await docker.getContainer(Id).remove({ force: true, v: true });
      }
      for (const { Id } of networks) await docker.getNetwork(Id).remove();
      for (const { Name } of volumes) await docker.getVolume(Name).remove();
      await checkout[Symbol.asyncDispose]();
    },
  };
}

/** An answer is one document over several lines, an act ends with one line. */
function lastDocument({ stdout }: Ran): { result?: unknown; errors?: readonly ReportedError[] } {
  const text = stdout.trim();
  const last = text.startsWith('{\n') ? text : (text.split('\n').at(-1) ?? '');
  return JSON.parse(last) as ReturnType<typeof lastDocument>;
}
