import type { ProcessIdentity } from 'devservices/machine';
import type { ProcessRecord } from '../record/process-record.ts';
import { readProcessTable } from './process-table.ts';

/** A process that says whose it is. */
export interface MarkedProcess {
  identity: ProcessIdentity;
  parent: number;
  /** Its process group; its own pid where it leads one. */
  group: number;
  /** `<checkout>/<project>/<service>/<id>` */
  marker: string;
}

/** Living processes with a marker that `accepts` takes, this one not. */
export function findMarked(accepts: (marker: string) => boolean): readonly MarkedProcess[] {
  return readProcessTable().flatMap(({ identity, parent, group, isZombie, marker }) =>
    marker !== undefined && !isZombie && identity.pid !== process.pid && accepts(marker)
      ? [{ identity, parent, group, marker }]
      : [],
  );
}

/** The marker of a record's processes: no other has it. */
export function markerOf({ id, target }: Pick<ProcessRecord, 'id' | 'target'>): string {
  const { checkout, project } = target.project;
  return [checkout, project, target.service, id].join('/');
}
