import type { bugErrors } from '../core/errors/catalogue/bug.ts';
import type { configErrors } from '../core/errors/catalogue/config.ts';
import type { pluginErrors } from '../core/errors/catalogue/plugin.ts';
import type { serviceErrors } from '../core/errors/catalogue/service.ts';
import type { stateErrors } from '../core/errors/catalogue/state.ts';
import type { taskErrors } from '../core/errors/catalogue/task.ts';
import type { ErrorEntry, ErrorFactory } from '../core/errors/error.ts';

/** Facts for each code of a catalogue: one without an example does not compile. */
export type ExamplesOf<Factory> =
  Factory extends ErrorFactory<infer Entries>
    ? { [Code in keyof Entries]: Entries[Code] extends ErrorEntry<infer Facts> ? Facts : never }
    : never;

const file = 'devservices.config.ts';
const place = { file, line: 12, column: 7 };
const problem = {
  path: 'services.redis.prots',
  origin: 'devservices.config.ts:12',
  text: 'There is no such field. Did you mean "ports"?',
};

export const configExamples: ExamplesOf<typeof configErrors> = {
  DS_CONFIG_NOT_FOUND: {
    looked: ['/home/ada/shop/web', '/home/ada/shop'],
    limit: 'up to the git top level, /home/ada/shop',
  },
  DS_CONFIG_AMBIGUOUS: { folder: '/home/ada/shop', names: [file, 'devservices.config.yaml'] },
  DS_CONFIG_FOREIGN: { file, owner: 1001, user: 1000 },
  DS_CONFIG_UNREADABLE: { file: 'dev.ts', namedBy: '--config', reason: 'there is no such file' },
  DS_CONFIG_TYPE_UNKNOWN: { file: 'dev.toml', known: ['.ts', '.js', '.json', '.yaml'] },
  DS_CONFIG_MALFORMED: { ...place, text: 'Expected "}" but found ";"' },
  DS_CONFIG_THREW: { file, at: place, reason: 'DATABASE is not set' },
  DS_CONFIG_IMPORT_MISSING: { ...place, specifier: './service/redis.ts' },
  DS_CONFIG_NO_DEFAULT: { file },
  DS_CONFIG_EXTENDS_MISSING: { file, specifier: '@acme/base', reason: 'no such package' },
  DS_CONFIG_EXTENDS_CYCLE: { ring: ['base.ts', 'shared.ts', 'base.ts'] },
  DS_CONFIG_ASSIGNMENT: { source: '--set services..image=redis:8', reason: 'a key is empty' },
  DS_CONFIG_INVALID: { problems: [problem] },
  DS_PLUGIN_CONFIG_INVALID: { plugin: 'mailpit', problems: [problem] },
};

export const serviceExamples: ExamplesOf<typeof serviceErrors> = {
  DS_SERVICE_UNKNOWN: { names: ['postgre'], known: ['postgres', 'redis'] },
  DS_SERVICE_EXITED: { service: 'postgres', exitCode: 1, awaited: 'ready' },
  DS_SERVICE_CRASH_LOOP: { service: 'kafka', exits: 3, exitCode: 137 },
  DS_SERVICE_NOT_READY: { service: 'api', waited: '60s', lastProbe: 'GET /health answered 503' },
  DS_SERVICE_REMOVED: { service: 'redis' },
  DS_SERVICE_READY_STEP: { service: 'postgres', reason: 'relation "users" does not exist' },
  DS_SERVICE_FUNCTION: { service: 'api', field: 'exports', reason: 'x is not a function' },
  DS_SERVICE_NOT_RUNNING: { service: 'redis', state: 'not there' },
  DS_SERVICE_NO_INSIDE: { service: 'api', kind: 'process' },
  DS_SERVICE_NOT_STARTED: { service: 'relay', reason: 'the plugin ports skips it' },
  DS_SERVICE_DATA_IN_USE: { service: 'postgres', name: 'shop_postgres_data', users: ['backup'] },
  DS_PORT_UNKNOWN: { service: 'postgres', port: 'sq', known: ['sql'] },
  DS_PORT_TAKEN: { service: 'postgres', port: 5432, holder: 'postgres (process 812)' },
  DS_RUN_UNKNOWN: { service: 'postgres', run: 'dokcer', known: ['docker', 'local'] },
  DS_RUN_SOLE: { service: 'postgres', run: 'docker' },
  DS_RUN_UNAVAILABLE: {
    service: 'postgres',
    run: 'docker',
    reason: 'no Docker engine answers.',
    others: ['local'],
  },
  DS_ENGINE_NOT_STARTED: {
    what: 'Docker Desktop',
    command: 'open -a Docker',
    reason: 'it does not answer after 90s.',
  },
  DS_RUNNER_MISSING: { kind: 'wasm', service: 'api', known: ['container'] },
  DS_IMAGES_MISSING: {
    missing: [
      { image: 'postgres:17-alpine', services: ['db', 'jobs'], bytes: 120_000_000 },
      { image: 'shop_api', services: ['api'], isBuilt: true },
    ],
    isOffline: true,
  },
  DS_FILE_UNREADABLE: {
    service: 'api',
    field: 'secrets',
    name: 'token',
    from: '$API_TOKEN',
    reason: 'it is not set',
  },
  DS_SECRET_UNAVAILABLE: { name: 'STRIPE_KEY', from: '$STRIPE_KEY', reason: 'it is not set.' },
};

export const pluginExamples: ExamplesOf<typeof pluginErrors> = {
  DS_PLUGIN_THREW: { plugin: 'mailpit', where: 'beforeUp', reason: 'x is not a function' },
  DS_PLUGIN_VETO: { plugin: 'vpn', why: 'the VPN is off.' },
  DS_HOOK_TIMED_OUT: { plugin: 'mailpit', hook: 'initialize', waited: '60s' },
  DS_HOOK_RETURNED: { plugin: 'mailpit', hook: 'configure', returned: 'a value of type object' },
  DS_PLUGIN_SETUP_ASYNC: { plugin: 'mailpit' },
  DS_PLUGIN_INVALID: { what: 'null', from: file },
  DS_PLUGIN_NOT_FOUND: {
    specifier: './plugins/mail.ts',
    from: file,
    reason: 'there is no such file.',
  },
  DS_PLUGIN_OPTIONS_INVALID: {
    plugin: 'mailpit',
    problems: ['mailpit.uiPort: expected number, received string (devservices.config.ts)'],
  },
  DS_PLUGIN_UNKNOWN: { names: ['mailpitt'], known: ['docker', 'mailpit'] },
  DS_PLUGIN_CYCLE: { ring: ['a', 'b', 'a'] },
  DS_PLUGIN_CLASH: { what: 'task', name: 'psql', plugins: ['postgres', 'shop'] },
  DS_PLUGIN_FIELD_TAKEN: { plugin: 'mailpit', field: 'ports' },
  DS_PLUGIN_ASKS_MORE: { plugin: 'workstations', added: ['run: gcloud'] },
  DS_PLUGIN_LOCK_INVALID: { path: '/home/ada/shop/devservices.lock' },
  DS_PERMISSION_DENIED: {
    who: 'The plugin mailpit',
    asked: 'the command curl',
    declared: 'no commands',
  },
  DS_CONTRACT_MISSING: { token: 'engine', asker: 'the plugin mailpit', known: [] },
  DS_CONTRACT_MADE: { token: 'permissions', plugin: 'mail' },
  DS_SETTING_REQUIRED: {
    missing: [{ key: 'mail.from', description: 'Who sends.', owner: 'mailpit' }],
  },
  DS_SETTING_INVALID: {
    problems: ['log.levle: there is no such option. Did you mean "log.level"?'],
  },
};

export const taskExamples: ExamplesOf<typeof taskErrors> = {
  DS_TASK_UNKNOWN: { name: 'upp', known: ['down', 'up'] },
  DS_TASK_COMMAND_UNKNOWN: {
    task: 'permissions',
    known: ['add', 'remove', 'list'],
    given: 'ad',
    meant: 'add',
  },
  DS_TASK_CYCLE: { ring: ['seed', 'migrate', 'seed'] },
  DS_TASK_INVALID: { source: 'tasks/seed.ts', problem: 'has no description' },
  DS_TASK_FILE_THREW: { file: 'tasks/seed.ts', reason: 'x is not a function' },
  DS_TASK_THREW: { task: 'seed', reason: 'the table is empty' },
  DS_TASK_COMMAND_FAILED: { task: 'seed', ended: 'exit code 2', exitCode: 2 },
  DS_COMMAND_NOT_FOUND: { command: 'plsq', shellStatus: 127 },
  DS_COMMAND_NOT_EXECUTABLE: {
    command: './notes.txt',
    reason: 'it is not executable',
    shellStatus: 126,
  },
  DS_TASK_INTERRUPTED: { signal: 'SIGINT' },
  DS_TASK_DECLINED: { task: 'reset' },
  DS_TASK_NEEDS_YES: { task: 'reset', question: 'Remove all of this for good?' },
  DS_ARGUMENT_UNKNOWN: { argument: '--recrate', task: 'up', known: ['--recreate'] },
  DS_ARGUMENT_MISSING: { argument: 'a value for --exclude (NAME)', task: 'up' },
  DS_ARGUMENT_INVALID: {
    argument: '--pull',
    given: 'allways',
    expected: 'missing, always or never',
  },
  DS_ARGUMENT_CONFLICT: {
    argument: '--update',
    other: '--offline',
    reason: 'the one asks the registries, which the other forbids',
  },
  DS_ARGUMENT_DASHES: { task: 'exec', meant: 'devservices exec redis -- redis-cli -n 3' },
  DS_ARGUMENT_UNEXPECTED: { given: 'redis', task: 'reset' },
};

const path = '/home/ada/.local/state/devservices/registry.json';

export const stateExamples: ExamplesOf<typeof stateErrors> = {
  DS_STATE_FOREIGN: { path: '/home/ada/.local/state/devservices', what: "another user's folder" },
  DS_STATE_UNREADABLE: { path, reason: 'permission denied' },
  DS_STATE_UNWRITABLE: { path, reason: 'the disk is full' },
  DS_STATE_CORRUPT: { path },
  DS_STATE_NEWER: { path },
  DS_STATE_BUSY: { path, pid: 812 },
  DS_PROJECT_INVALID: { name: 'My Shop', suggestion: 'my-shop' },
  DS_PORT_NONE_FREE: { service: 'redis', port: 'redis' },
};

export const bugExamples: ExamplesOf<typeof bugErrors> = {
  DS_BUG_UNEXPECTED: { reason: 'x is not a function' },
  DS_BUG_INVARIANT: { what: 'a step was called before configure' },
};
