import type { Service } from 'devservices';
import type { ProcessRun } from 'devservices/runner';
import { isNeededBy } from './add-needs.ts';
import type { InstrumentQuestion } from './instrument-question.ts';

const name = 'spotlight';

/** The service that `spotlight: true` adds; what a repo says of it goes over it. */
export function spotlightService(): readonly [name: string, service: Service] {
  const run: ProcessRun = {
    kind: 'process',
    program: { module: 'devservices/embedded/spotlight', options: {} },
  };
  return [name, { run, ports: { http: 8969 } }];
}

/** `SENTRY_SPOTLIGHT` of a service; undefined where it gets none. */
export function spotlightVariable({
  service,
  services,
  options: { spotlight },
}: Pick<InstrumentQuestion, 'service' | 'services' | 'options'>): string | undefined {
  if (spotlight === false) return undefined;
  if (spotlight === true) {
    // A repo may have taken it out, or have it wait for others.
    const isThere = services[name]?.ports?.['http'] !== undefined;
    if (!isThere || isNeededBy(services, service, name)) return undefined;
    return `http://{address.${name}.http}/stream`;
  }
  // SDKs send it there and nowhere else.
  const { pathname } = new URL(spotlight);
  return pathname === '/' ? `${spotlight.replace(/\/$/, '')}/stream` : spotlight;
}
