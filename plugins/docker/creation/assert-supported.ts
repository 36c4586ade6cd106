import type { Target } from 'devservices/runner';
import { dockerErrors } from '../errors.ts';
import type { EngineApi } from './engine-api.ts';
import { asContainer } from '../fields/resolved-container.ts';
import type { ResolvedContainer } from '../fields/resolved-container.ts';

interface Need {
  field: string;
  isUsed: (run: ResolvedContainer) => boolean;
  has: keyof EngineApi;
  needs: string;
}

// What an older engine would leave out without a word.
const needs: readonly Need[] = [
  {
    field: 'volumes (subpath)',
    isUsed: ({ volumes }) => volumes.some(({ subpath }) => subpath !== undefined),
    has: 'hasSubpath',
    needs: 'Docker 26 (API 1.45)',
  },
  {
    field: 'healthcheck.startInterval',
    isUsed: ({ healthcheck }) => healthcheck?.startInterval !== undefined,
    has: 'hasStartInterval',
    needs: 'Docker 25 (API 1.44)',
  },
  {
    field: 'annotations',
    isUsed: ({ annotations }) => annotations !== undefined,
    has: 'hasAnnotations',
    needs: 'Docker 24 (API 1.43)',
  },
];

/** Throws DS_DOCKER_FIELD_UNSUPPORTED for a field that the engine does not know. */
export function assertSupported({ service, run }: Target, api: EngineApi): void {
  const missing = needs.find(({ isUsed, has }) => !api[has] && isUsed(asContainer(run)));
  if (!missing) return;
  const { field, needs: minimum } = missing;
  const facts = { service, field, needs: minimum, version: api.version };
  throw dockerErrors.create('DS_DOCKER_FIELD_UNSUPPORTED', facts);
}
