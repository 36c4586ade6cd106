import type { Contracts } from './contracts.ts';

/** The name by which something is exposed and asked for. */
export type ContractToken = Extract<keyof Contracts, string>;
