import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { reasonOf } from 'devservices/machine';
import type { Finding, RunnerContext } from 'devservices/runner';
import { readLivingSupervisor } from '../client/supervisor-file.ts';
import { processErrors } from '../errors.ts';
import { placesOf } from '../record/places.ts';
import type { ProcessPlaces, ProcessRecord } from '../record/process-record.ts';
import { readRecords, statusOf } from '../record/records.ts';
import { inspectSockets } from './inspect-sockets.ts';

export interface Diagnosing extends Pick<RunnerContext, 'stateHome' | 'runtimeFolder'> {
  platform?: NodeJS.Platform;
}

/** What `doctor` tells of processes, of all of this user's checkouts; changes nothing, throws nothing. */
export function diagnoseProcesses(context: Diagnosing): Finding[] {
  const { platform = process.platform } = context;
  if (platform === 'win32') {
    const { message, hint } = processErrors.create('DS_PROCESS_PLATFORM', { platform });
    return [{ name: 'processes', level: 'problem', text: message, hint }];
  }
  const checkouts = list(context.stateHome, /^[0-9a-f]{12}$/);
  return [
    ...inspectSockets(placesOf(context, { project: '', checkout: '000000000000' }).socket),
    ...checkouts.flatMap((checkout) => inspectCheckout(context, checkout)),
  ];
}

function inspectCheckout(context: Diagnosing, checkout: string): Finding[] {
  const folder = join(context.stateHome, checkout, 'processes');
  try {
    const projects = list(folder, /^[^.]/).map((project) =>
      placesOf(context, { project, checkout }),
    );
    const records = projects.flatMap((places) => readRecords(places));
    const [places] = projects;
    return records.length === 0 || !places ? [] : inspectRecords(places, records);
  } catch (thrown) {
    const text = `the records in ${folder} cannot be read: ${reasonOf(thrown)}`;
    return [{ name: 'processes', level: 'problem', text, hint: 'Move the damaged file away.' }];
  }
}

function inspectRecords(places: ProcessPlaces, records: readonly ProcessRecord[]): Finding[] {
  const supervisor = readLivingSupervisor(places);
  const running = records.filter((record) => statusOf(record).status === 'running');
  const unseen = records.filter((record) => {
    const { status, exitCode } = statusOf(record);
    return status === 'exited' && exitCode === undefined && !record.isStopped;
  });
  const where = `checkout ${dirname(places.supervisor).split('/').at(-1) ?? ''}`;
  const facts = { running: namesOf(running), supervisor: supervisor?.identity.pid ?? null };
  const findings: Finding[] = [];
  if (running.length > 0 && !supervisor) {
    findings.push({
      name: 'processes',
      level: 'warning',
      text: `${namesOf(running).join(', ')} run without a supervisor, which was ended (${where})`,
      hint: '`devservices up` there starts a new one; `devservices down` ends them all the same.',
      facts,
    });
  } else {
    const by = supervisor ? `supervisor: pid ${supervisor.identity.pid}` : 'no supervisor';
    const text = `${running.length} of ${records.length} run (${by}, ${where})`;
    findings.push({ name: 'processes', level: 'ok', text, facts });
  }
  if (unseen.length > 0) {
    findings.push({
      name: 'processes',
      level: 'warning',
      text: `${namesOf(unseen).join(', ')} ended while nobody looked (${where})`,
      hint: '`devservices up` there starts what is missing.',
    });
  }
  return findings;
}

const namesOf = (records: readonly ProcessRecord[]): string[] =>
  records.map(({ target }) => target.service);

function list(folder: string, pattern: RegExp): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => pattern.test(name));
  } catch {
    return [];
  }
}
