import { asErrors } from '../errors/as-error.ts';
import type { DevServicesError } from '../errors/error.ts';
import { resolveExitCode } from '../errors/exit-code.ts';
import { runsOf } from '../plan/choose-runs.ts';
import { neededKinds } from '../plan/needed-kinds.ts';
import type { Finding } from '../run/finding.ts';
import type { Runner } from '../run/runner.ts';
import { inspectCheckouts } from './inspect-checkouts.ts';
import { inspectImages } from './inspect-images.ts';
import { inspectOwn, inspectProject } from './inspect-own.ts';
import { findRoot } from './find-root.ts';
import type { Kernel } from './kernel.ts';
import { type HostBase, type LoadedHost, loadWithoutConfig } from './loaded-host.ts';
import type { OpenedHost } from './open-kernel.ts';

/** What `doctor` found. */
export interface Diagnosis {
  /** Nothing is a problem. */
  ok: boolean;
  /** 0, or as of an error with that blame: 2 for the configuration, 3 for the surroundings. */
  exitCode: number;
  /** In the order in which they were looked at. */
  findings: readonly Finding[];
}

export interface DiagnosedHost {
  configure(): Promise<unknown>;
  open(loaded: LoadedHost): void;
  opened(): OpenedHost | undefined;
}

/** Looks at everything that `up` needs, whatever of it is broken. Rejects only when aborted. */
export async function diagnose(base: HostBase, host: DiagnosedHost): Promise<Diagnosis> {
  const errors: DevServicesError[] = [];
  const gather = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (thrown) {
      base.signal.throwIfAborted();
      errors.push(...asErrors(thrown));
    }
  };
  await gather(host.configure);
  const { root } = findRoot(base);
  if (!host.opened()) await gather(async () => host.open(await loadWithoutConfig(base, root)));
  const opened = host.opened();
  const findings = [...inspectOwn(), ...errors.map(toFinding)];
  if (opened) findings.push(...inspectProject(opened), ...(await inspectRunners(base, opened)));
  const surroundings = findings.some(
    ({ level, name }) => level === 'problem' && !isOf(errors, name),
  )
    ? [{ blame: 'environment' as const }]
    : [];
  const exitCode = resolveExitCode([...errors, ...surroundings]);
  return { ok: exitCode === 0, exitCode, findings };
}

async function inspectRunners(base: HostBase, opened: OpenedHost): Promise<Finding[]> {
  const { kernel, loaded } = opened;
  const { signal } = base;
  const kinds = [...loaded.pluginHost.runners.keys()];
  const runners = await Promise.all(kinds.map((kind) => kernel.runner(kind, 'doctor')));
  const there: Runner[] = [];
  for (const runner of runners) {
    if ((await runner.available(signal)).available) there.push(runner);
  }
  const needed = kindsInNeed(kernel, there);
  const hasServices = Object.keys(kernel.config?.services ?? {}).length > 0;
  const told = await Promise.all(
    runners.map(async (runner) => {
      const findings = (await runner.diagnose?.(signal)) ?? (await availabilityOf(runner, signal));
      // What no service has to run by keeps nobody from anything.
      const isIdle = hasServices && !needed.has(runner.kind);
      return isIdle ? findings.map(asWarning) : findings;
    }),
  );
  signal.throwIfAborted();
  return [
    ...told.flat(),
    ...(await inspectImages(kernel, there)),
    ...(await inspectCheckouts(base, opened, there)),
  ];
}

// A service that was never started needs one of its kinds, whichever is there.
function kindsInNeed({ config, state }: Kernel, there: readonly Runner[]): Set<string> {
  const needed = neededKinds(config?.services, {
    pins: state.pins,
    known: state.readyGenerations,
  });
  for (const service of Object.values(config?.services ?? {})) {
    const kinds = Object.values(runsOf(service)).map(({ kind }) => kind);
    if (there.some(({ kind }) => kinds.includes(kind))) continue;
    for (const kind of kinds) needed.add(kind);
  }
  return needed;
}

async function availabilityOf(runner: Runner, signal: AbortSignal): Promise<Finding[]> {
  const found = await runner.available(signal);
  return found.available ? [] : [{ ...toFinding(found.error), name: runner.kind }];
}

const names: Readonly<Partial<Record<DevServicesError['blame'], string>>> = {
  user: 'configuration',
  plugin: 'plugins',
};

function toFinding({ blame, message, hint, code }: DevServicesError): Finding {
  return { name: names[blame] ?? 'state', level: 'problem', text: message, hint, facts: { code } };
}

function isOf(errors: readonly DevServicesError[], name: string): boolean {
  return errors.some(({ blame }) => (names[blame] ?? 'state') === name);
}

function asWarning(finding: Finding): Finding {
  return finding.level === 'problem' ? { ...finding, level: 'warning' } : finding;
}
