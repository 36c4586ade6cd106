// What looks at services and changes them, in one piece that is imported when it is needed: tasks that
// do neither start a good deal sooner.
export { attachService } from './attach-service.ts';
export { diagnose } from './diagnose.ts';
export { takeDown } from './down.ts';
export { execInService } from './exec-in-service.ts';
export { inspectService } from './inspect-service.ts';
export { learnSecrets } from './learn-secrets.ts';
export { listRuns } from './list-runs.ts';
export { planUp } from './plan-up.ts';
export { previewUp } from './preview-up.ts';
export { readLogs } from './read-logs.ts';
export { removeServices } from './remove-services.ts';
export { readStats } from './read-stats.ts';
export { resetProject } from './reset.ts';
export { resolveExports } from './resolve-exports.ts';
export { readOthers, readStatus } from './status.ts';
export { toggleService } from './toggle-service.ts';
