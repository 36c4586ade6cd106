import type { ContainerFields, ResolvedConfig, Run, Service } from 'devservices';
import { sentryErrors } from '../errors.ts';
import type { SentryOptions } from '../options.ts';
import { addNeeds } from './add-needs.ts';
import { addVariables } from './add-variables.ts';
import { readInstrument } from './read-instrument.ts';
import { seenFrom } from './seen-from.ts';
import { stableVariables } from './stable-variables.ts';
import { ownNamed, portsNamed } from './templates.ts';

/**
 * Gives the services of a draft configuration that say `instrument` their variables, in each of their
 * runs. Throws DS_SENTRY_INSTRUMENT_INVALID with all that is wrong.
 */
export function instrumentServices(config: ResolvedConfig, options: SentryOptions): void {
  const { services } = config;
  const told: string[] = [];
  for (const [name, service] of Object.entries(services)) {
    const instrument = readInstrument(service);
    if (!instrument) continue;
    const question = { service: name, instrument, options, services };
    const { variables, problems } = stableVariables(question);
    told.push(...problems.map(([field, text]) => `services.${name}.instrument.${field}: ${text}`));
    if (problems.length > 0) continue;
    const needs = Object.values(variables)
      .flatMap(portsNamed)
      .map((named) => named.service)
      .filter((need) => need !== name);
    const dependsOn = addNeeds(service.dependsOn, needs);
    services[name] = {
      ...service,
      run: withVariables(service.run, { name, variables }),
      ...(dependsOn !== undefined && { dependsOn }),
    };
  }
  if (told.length > 0) {
    throw sentryErrors.create('DS_SENTRY_INSTRUMENT_INVALID', { problems: told });
  }
}

interface Added {
  name: string;
  variables: Readonly<Record<string, string>>;
}

function withVariables(run: Service['run'], added: Added): Service['run'] {
  if (isSingle(run)) return amend(run, added);
  const runs = Object.entries(run).map(([key, each]) => [key, amend(each, added)] as const);
  return Object.fromEntries(runs);
}

function amend(run: Run, { name, variables }: Added): Run {
  const seen = Object.entries(variables).map(
    ([variable, value]) => [variable, seenFrom(run, ownNamed(value, name))] as const,
  );
  const { environment } = run as Partial<ContainerFields>;
  return Object.assign({}, run, {
    environment: addVariables(environment, Object.fromEntries(seen)),
  });
}

const isSingle = (run: Service['run']): run is Run => typeof run.kind === 'string';
