import { openapiSpecs } from './openapi.ts';
import { serviceSpecs } from './services.ts';

/** Every route of this plugin's own, in the order of the documentation. */
export const specs = [...serviceSpecs, ...openapiSpecs] as const;

export type OwnSpec = (typeof specs)[number];
