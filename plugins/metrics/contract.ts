declare module 'devservices' {
  interface Contracts {
    prometheus: Prometheus;
  }
}

/** Everything that the checkout's journal tells, of every process that wrote to it, in numbers. */
export interface Prometheus {
  /**
   * In the text format of Prometheus, ends with a newline; reads on from where the last one ended. Only
   * grows, until the journal is removed. Throws DS_STATE_UNREADABLE.
   */
  render(): Promise<string>;
  /** Keys of `metrics` that it tells of for all processes: whoever shows those too leaves these out. */
  readonly keys: ReadonlySet<string>;
}
