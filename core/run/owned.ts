import type { ProjectIdentity } from '../identity/project.ts';

/** What outlives an instance and belongs to one service (a volume). */
export interface OwnedData {
  /** The kind of run whose runner keeps it. */
  kind: string;
  /** Whose it was when it was listed: what has the name by then and is another's, is left alone. */
  project: ProjectIdentity;
  service: string;
  /** Which of the service's runs it belongs to, where each has its own. */
  runKey?: string;
  /** The name people see. */
  name: string;
  /** Who uses it, running or not, where that is known. */
  users?: readonly { id: string; name: string }[];
}
