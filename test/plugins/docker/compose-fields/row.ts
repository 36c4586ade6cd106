import type { ContainerFields } from 'devservices';
import type { Service } from '../../../../core/service/service.ts';

/** One container, written for us and for Compose, and where what the engine makes of them differs. */
export interface Row {
  /** Fields of ours that this row is about. */
  fields: readonly (keyof ContainerFields | 'ports')[];
  ours: ContainerFields & Pick<Service, 'ports'>;
  compose: Record<string, unknown>;
  /** Compose's `volumes`, `secrets` and `configs` of the whole file. */
  top?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Paths of `docker inspect`, or how they begin, that differ, each with why. */
  differs?: Readonly<Record<string, string>>;
  /** Those that only newer engines show. */
  differsSince?: { api: string; paths: Readonly<Record<string, string>> };
  /** What both are told where this engine can not do it. */
  refusal?: RegExp;
}
