import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DevServicesEvent } from '../../core/events.ts';
import { type Checkout, createCheckout } from './checkout.ts';

/** A checkout that finds the Sentry SDK, and what its journal says. */
export interface TelemetryCheckout extends Checkout {
  /** Writes the configuration; every part is TypeScript. */
  configure(parts: ConfigurationParts): void;
  /** Everything of the journal, in order. */
  journal(): readonly DevServicesEvent[];
  /** Whether the SDK was imported since the last time that this was asked. */
  hasImportedSdk(): boolean;
}

export interface ConfigurationParts {
  /** Options of the plugin; without, it is not listed. */
  sentry?: string;
  metrics?: string;
  /** More plugins, each with a comma behind it. */
  plugins?: string;
  services?: string;
  /** Statements before it. */
  before?: string;
  /** More of its fields, each with a comma behind it. */
  fields?: string;
}

/** The payload of a transaction's item, as far as tests look at it. Times are in seconds. */
export interface Transaction {
  transaction: string;
  start_timestamp: number;
  timestamp: number;
  contexts: { trace: { trace_id: string; span_id: string; op: string; status: string } };
  tags: Readonly<Record<string, string>>;
  spans: readonly {
    span_id: string;
    parent_span_id: string;
    op: string;
    description?: string;
    status?: string;
    start_timestamp: number;
    timestamp: number;
    data?: Readonly<Record<string, unknown>>;
  }[];
}

/** The payload of an event's item, as far as tests look at it. */
export interface ErrorEvent {
  level?: string;
  message?: string;
  tags?: Readonly<Record<string, string>>;
  fingerprint?: readonly string[];
  exception?: {
    values: readonly {
      type?: string;
      value?: string;
      stacktrace?: { frames: readonly { filename?: string }[] };
    }[];
  };
}

/** Makes one; the SDK that it finds says in a file that it was imported. */
export function createTelemetryCheckout(
  engine: Parameters<typeof createCheckout>[0] = null,
): TelemetryCheckout {
  const checkout = createCheckout(engine);
  const trace = join(checkout.outside, 'sdk-imported');
  installTracedSdk(join(checkout.outside, 'node_modules'), trace);
  let seen = 0;
  return {
    ...checkout,
    configure: (parts) => checkout.write({ 'devservices.config.ts': configurationOf(parts) }),
    journal: () => readJournal(checkout.stateHome),
    hasImportedSdk() {
      const before = seen;
      seen = existsSync(trace) ? readFileSync(trace).length : 0;
      return seen > before;
    },
  };
}

/** Everything in the journals of a state home's checkouts. */
export function readJournal(stateHome: string): DevServicesEvent[] {
  const home = join(stateHome, 'devservices');
  const ids = existsSync(home) ? readdirSync(home) : [];
  return ids
    .filter((id) => /^[0-9a-f]{12}$/.test(id))
    .flatMap((id) => readFileSync(join(home, id, 'events.ndjson'), 'utf8').split('\n'))
    .filter(Boolean)
    .map((line) => JSON.parse(line) as DevServicesEvent);
}

/** Makes the SDK that this repo has installed importable from a folder of packages. */
export function linkSdk(packages: string): void {
  mkdirSync(join(packages, '@sentry'), { recursive: true });
  symlinkSync(sdk, join(packages, '@sentry/core'));
}

const sdk = dirname(createRequire(import.meta.url).resolve('@sentry/core/package.json'));

function installTracedSdk(packages: string, trace: string): void {
  const folder = join(packages, '@sentry/core');
  const { version } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8')) as {
    version: string;
  };
  mkdirSync(folder, { recursive: true });
  const exports = {
    '.': './index.cjs',
    './server': './server.cjs',
    './package.json': './package.json',
  };
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: '@sentry/core', version, exports }),
  );
  for (const name of ['index', 'server']) {
    writeFileSync(
      join(folder, `${name}.cjs`),
      `require('node:fs').appendFileSync(${JSON.stringify(trace)}, '${name} ');
module.exports = require(${JSON.stringify(join(sdk, 'build/cjs', `${name}.js`))});
`,
    );
  }
}

function configurationOf({
  sentry,
  metrics,
  plugins = '',
  services = '{}',
  before = '',
  fields = '',
}: ConfigurationParts): string {
  const listed = [
    ...(sentry === undefined ? [] : [`sentry(${sentry}),`]),
    ...(metrics === undefined ? [] : [`metrics(${metrics}),`]),
  ];
  return `import { container, definePlugin, hostProcess, ready } from 'devservices';
${sentry === undefined ? '' : "import { sentry } from 'devservices/plugins/sentry';"}
${metrics === undefined ? '' : "import { metrics } from 'devservices/plugins/metrics';"}
${before}
export default {
  ${fields}
  plugins: [${listed.join(' ')} ${plugins}],
  services: ${services},
};
`;
}
