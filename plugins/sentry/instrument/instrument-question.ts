import type { ResolvedConfig } from 'devservices';
import type { Instrument } from '../contract.ts';
import type { SentryOptions } from '../options.ts';

/** What one service is to learn, and what that is said by. */
export interface InstrumentQuestion {
  service: string;
  instrument: Instrument;
  options: SentryOptions;
  services: ResolvedConfig['services'];
}
