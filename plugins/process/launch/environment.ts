import { prependLocalBins, topLevelOf } from 'devservices/machine';
import { markerOf } from '../ending/marked-processes.ts';
import { markerVariable, type ProcessRecord } from '../record/process-record.ts';
import { asProcess } from '../record/resolved-process.ts';

/**
 * The whole environment of a service's processes: the variables of the `up` that first started it, below
 * its own; programs of the repo's packages first on the `PATH`; and whose process it is.
 */
export function environmentOf(record: ProcessRecord): Record<string, string> {
  const { cwd, environment, user, dataFolder = '/' } = asProcess(record.target.run);
  const identity = user && { HOME: dataFolder, USER: user.name, LOGNAME: user.name };
  const all: Record<string, string> = { ...record.callerEnvironment, ...identity, ...environment };
  return {
    ...all,
    PATH: prependLocalBins(all['PATH'] ?? systemPath, { cwd, root: topLevelOf(cwd) ?? cwd }),
    [markerVariable]: markerOf(record),
  };
}

const systemPath = '/usr/local/bin:/usr/bin:/bin';
