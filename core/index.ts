export { z } from 'zod';
export {
  container,
  type ContainerFields,
  type ContainerRun,
  type Json,
  type Run,
} from './run/run.ts';
export { type Config, defineConfig, type ResolvedConfig } from './config/config.ts';
export * from './contracts.ts';
export { defineErrors, DevServicesError, entry, isDevServicesError } from './errors/error.ts';
export { resolveDuration, type Duration } from './duration.ts';
export { ready, type Readiness } from './readiness/readiness.ts';
export { secret } from './secret.ts';
export { definePlugin } from './plugin/define-plugin.ts';
export type { Plugin, PluginContext, RunnerContext } from './plugin/plugin.ts';
export { labels, type ProjectIdentity } from './identity/project.ts';
export type * from './run/runner.ts';
export type { ImageProgress, Endpoints, DevServicesEvent, ServiceReport } from './events.ts';
export type { Service } from './service/service.ts';
export type { Plan } from './plan/plan.ts';
export { confirm } from './cli/confirm.ts';
export { defineTask } from './tasks/define-task.ts';
export type { Permissions } from './permissions/permissions.ts';
