import { didYouMean } from 'devservices/machine';
import type { Instrument } from '../contract.ts';
import { readDsn } from '../dsn.ts';
import { resolveSinks } from '../resolve-sinks.ts';
import { isNeededBy } from './add-needs.ts';
import type { InstrumentQuestion } from './instrument-question.ts';
import { spotlightVariable } from './spotlight.ts';
import { type NamedPort, portsNamed, withSomeAddress } from './templates.ts';

/** A field of `instrument`, and what is wrong with it. */
export type FieldProblem = readonly [field: keyof Instrument, text: string];

/**
 * Variables that the configuration alone decides, with templates where it names other services: a change
 * of one has the service made anew. Pure.
 */
export function stableVariables(question: InstrumentQuestion): {
  variables: Record<string, string>;
  problems: FieldProblem[];
} {
  const { instrument, options } = question;
  const problems: FieldProblem[] = [];
  const check = (field: keyof Instrument, text: string | undefined): void => {
    if (text !== undefined) problems.push([field, /[.?]$/.test(text) ? text : `${text}.`]);
  };
  const checkPorts = (field: keyof Instrument, text: Instrument['dsn']): void => {
    for (const named of portsNamed(text || '')) check(field, badPort(named, question));
  };
  const {
    dsn = resolveSinks(options).find(({ name }) => name === 'upstream')?.dsn,
    environment = options.environment,
    release,
    otlp,
  } = instrument;
  const endpoint = otlp ? findOtlp(otlp, question) : {};

  check('dsn', dsn ? badDsn(dsn) : undefined);
  check('environment', instrument.environment ? badEnvironment(instrument.environment) : undefined);
  check('release', release ? badRelease(release) : undefined);
  check('otlp', endpoint.problem);
  checkPorts('dsn', dsn);
  checkPorts('otlp', endpoint.url);
  return {
    problems,
    variables: given({
      SENTRY_DSN: dsn,
      SENTRY_ENVIRONMENT: environment,
      SENTRY_RELEASE: release,
      SENTRY_SPOTLIGHT: spotlightVariable(question),
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url,
    }),
  };
}

function given(variables: Readonly<Record<string, Instrument['dsn']>>): Record<string, string> {
  const there = Object.entries(variables).filter(
    (one): one is [string, string] => typeof one[1] === 'string' && one[1] !== '',
  );
  return Object.fromEntries(there);
}

// Those of other services: its own are core's to tell of.
function badPort(
  { service: named, port }: NamedPort,
  { service, services }: InstrumentQuestion,
): string | undefined {
  if (named === service) return undefined;
  const found = Object.hasOwn(services, named) ? services[named] : undefined;
  if (!found) return `there is no service "${named}".${didYouMean(named, Object.keys(services))}`;
  const ports = Object.keys(found.ports ?? {});
  // Further ones of a range have its name and their number.
  if (!ports.includes(port) && !ports.includes(port.replace(/-\d+$/, ''))) {
    return `${named} has no port "${port}".${didYouMean(port, ports)}`;
  }
  if (!isNeededBy(services, service, named)) return undefined;
  return `${named} needs ${service} itself, and so is not there before it`;
}

function badDsn(dsn: string): string | undefined {
  const read = readDsn(withSomeAddress(dsn));
  return typeof read === 'string' ? read : undefined;
}

// As Sentry has them: others it refuses.
function badEnvironment(name: string): string | undefined {
  if (/^[^\s/]{1,64}$/.test(name)) return undefined;
  return 'an environment is at most 64 characters with no space and no /';
}

function badRelease(name: string): string | undefined {
  const isFit = name.length <= 200 && !/[\n\r\t/\\]/.test(name) && !/^(\.\.?|\s*)$/.test(name);
  return isFit
    ? undefined
    : 'a release is at most 200 characters with no line break, tab, / and \\';
}

function findOtlp(
  text: string,
  { services }: InstrumentQuestion,
): { url?: string; problem?: string } {
  if (text.includes('://')) {
    const url = withSomeAddress(text);
    const isFit = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
    return isFit ? { url: text } : { problem: 'it is a URL that begins with http:// or https://' };
  }
  const named = Object.hasOwn(services, text) ? services[text] : undefined;
  if (!named) {
    const problem = `it is a URL or a service, and there is no service "${text}"`;
    return { problem: `${problem}.${didYouMean(text, Object.keys(services))}` };
  }
  const ports = Object.keys(named.ports ?? {});
  const port = ports.includes('otlp') || ports.length !== 1 ? 'otlp' : ports[0];
  if (port === undefined || !ports.includes(port)) {
    const has = ports.length === 0 ? 'no port' : `the ports ${ports.join(', ')}`;
    return { problem: `${text} has ${has}, and none of the name otlp` };
  }
  return { url: `http://{address.${text}.${port}}` };
}
