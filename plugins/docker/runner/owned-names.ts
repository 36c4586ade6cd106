import { labels } from 'devservices/runner';
import type { ProjectIdentity } from 'devservices/runner';

/** The container of a service. */
export function containerName(project: ProjectIdentity, service: string): string {
  return `${project.project}_${service}`;
}

/** A named volume of a service. */
export function volumeName(project: ProjectIdentity, service: string, volume: string): string {
  return `${project.project}_${service}_${volume}`;
}

/** The labels that everything of one checkout carries. */
export function projectLabels(project: ProjectIdentity): Record<string, string> {
  return { [labels.project]: project.project, [labels.checkout]: project.checkout };
}

/** What only this runner has to remember of a container: ports by name, and the image as asked for. */
export const memoryLabel = 'dev.devservices.container';

/** Only labels decide what is ours: a name proves nothing. */
export function isOurs(
  found: Readonly<Record<string, string>> | null | undefined,
  project: ProjectIdentity,
): boolean {
  return found?.[labels.project] === project.project && found[labels.checkout] === project.checkout;
}

/** Says in an error whose something is that is not ours. */
export function describeOwner(found: Readonly<Record<string, string>> | null | undefined): string {
  const project = found?.[labels.project];
  if (project === undefined) return 'it has no label of devservices';
  return `it belongs to the checkout ${found?.[labels.checkout] ?? 'unknown'} of project ${project}`;
}
