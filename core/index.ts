export { z } from 'zod';

export { type Config, defineConfig, type ResolvedConfig } from './config/config.ts';
export { container, type ContainerFields, type Run } from './run/run.ts';
export { hostProcess } from './run/process-fields.ts';
export { ready, type Readiness } from './readiness/readiness.ts';
export { resolveDuration } from './duration.ts';
export { type Secret, secret } from './secret.ts';
export type { Service } from './service/service.ts';

export { definePlugin } from './plugin/define-plugin.ts';
export type { Plugin, PluginContext } from './plugin/plugin.ts';
export type { Permissions } from './permissions/permissions.ts';
export type { HookPayloads, Hooks } from './hooks.ts';
export * from './contracts.ts';

export { defineTask, type Task } from './tasks/define-task.ts';
export type { ArgumentSpec, TaskContext } from './task-spec.ts';
export { confirm } from './cli/confirm.ts';

export { createHost, type Host, type HostOptions } from './host.ts';
export type { TaskOutcome, Up } from './lifecycle/up.ts';
export type { Plan } from './plan/plan.ts';
export type { DevServicesEvent, Endpoints, ServiceReport } from './events.ts';

export { defineErrors, DevServicesError, entry, isDevServicesError } from './errors/error.ts';
