export type { ContainerRun, Json } from './run/run.ts';
export type * from './run/runner.ts';
export type { BuildFields } from './run/build-fields.ts';
export type { Finding } from './run/finding.ts';
export type { ImageProgress } from './events.ts';
export type { RunnerContext } from './plugin/plugin.ts';
export { labels, type ProjectIdentity } from './identity/project.ts';
