/** What one instance uses, at one moment; null where its runner cannot tell. */
export interface InstanceStats {
  /** CPU time of all its processes since it began, milliseconds, over all cores. */
  cpuMs: number;
  /** What cannot be taken from it: without caches of files. */
  memoryBytes: number;
  /** What it may use at most, where it has a limit. */
  memoryLimitBytes: number | null;
  networkReceivedBytes: number | null;
  networkSentBytes: number | null;
  processes: number | null;
}
