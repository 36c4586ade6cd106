import type { Service } from 'devservices';
import type { Instrument } from '../contract.ts';

/** What a service says at `instrument`; undefined where it is not to learn anything. */
export function readInstrument(service: Service | undefined): Instrument | undefined {
  const { instrument = false } = service ?? {};
  if (instrument === false || instrument === null) return undefined;
  return instrument === true ? {} : instrument;
}
