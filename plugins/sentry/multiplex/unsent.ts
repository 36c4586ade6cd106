/** A request that has not been answered, as it goes over the wire. */
export interface Unsent {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}

/** Leaves them to whoever has time; returns of how many, from the first, that will see to it. */
export type HandOver = (unsent: readonly Unsent[]) => number;
