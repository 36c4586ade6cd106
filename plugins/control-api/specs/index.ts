import { auditSpecs } from './audit.ts';
import { doctorSpecs } from './doctor.ts';
import { eventSpecs } from './events.ts';
import { logSpecs } from './logs.ts';
import { metricsSpecs } from './metrics.ts';
import { openapiSpecs } from './openapi.ts';
import { optionSpecs } from './options.ts';
import { permissionSpecs } from './permissions.ts';
import { planSpecs } from './plan.ts';
import { projectSpecs } from './project.ts';
import { serviceSpecs } from './services.ts';
import { statsSpecs } from './stats.ts';
import { timelineSpecs } from './timeline.ts';
import { tokenSpecs } from './tokens.ts';
import { userSpecs } from './users.ts';

/** Every route of this plugin's own, in the order of the documentation. */
export const specs = [
  ...projectSpecs,
  ...serviceSpecs,
  ...statsSpecs,
  ...planSpecs,
  ...logSpecs,
  ...eventSpecs,
  ...timelineSpecs,
  ...doctorSpecs,
  ...metricsSpecs,
  ...userSpecs,
  ...permissionSpecs,
  ...auditSpecs,
  ...tokenSpecs,
  ...optionSpecs,
  ...openapiSpecs,
] as const;

export type OwnSpec = (typeof specs)[number];
