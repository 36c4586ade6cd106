import { isDevServicesError } from 'devservices';
import type { DevServicesError } from 'devservices';
import { strategies } from '../engine/engine-leads.ts';
import type { Lead } from '../engine/engine-leads.ts';
import { follow } from '../engine/find-engine.ts';
import type { FindOptions } from '../engine/find-engine.ts';

/** One way to an engine, followed to its end. */
export interface SurveyedWay {
  way: string;
  isChosen: boolean;
  /** Undefined where it leads nowhere. */
  address?: string;
  answers: boolean;
  /** Why it does not. */
  reason?: string;
  /** Where there is more to say than the reason: too old, not supported. */
  error?: DevServicesError;
}

/** Follows every way at once, also those behind the one that is taken. In the order of finding. */
export async function surveyEngines(options: FindOptions): Promise<readonly SurveyedWay[]> {
  const leads = (await Promise.all(strategies.map((strategy) => strategy(options)))).flat();
  return Promise.all(leads.map((lead) => survey(lead, options)));
}

/** The way that is taken: the first chosen one, else the first that answers. */
export function wayTaken(ways: readonly SurveyedWay[]): SurveyedWay | undefined {
  return ways.find(({ isChosen }) => isChosen) ?? ways.find(({ answers }) => answers);
}

async function survey(lead: Lead, options: FindOptions): Promise<SurveyedWay> {
  const { way, isChosen, address } = lead;
  const known = { way, isChosen, ...(address === undefined ? {} : { address }) };
  try {
    const outcome = await follow(lead, options);
    if (!('transport' in outcome)) return { ...known, answers: false, reason: outcome.reason };
    outcome.transport.close();
    return { ...known, answers: true };
  } catch (thrown) {
    if (options.signal.aborted || !isDevServicesError(thrown)) throw thrown;
    return { ...known, answers: false, reason: thrown.message, error: thrown };
  }
}
