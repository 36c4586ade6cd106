/** Who owns what: goes into the labels of everything that is made. */
export interface ProjectIdentity {
  /** `[a-z0-9][a-z0-9_-]{0,39}`, unique among this machine's checkouts. */
  readonly project: string;
  /** The checkout's random id. */
  readonly checkout: string;
}

/** The labels on every container, network and volume; only they decide what is ours. */
export const labels = {
  project: 'dev.devservices.project',
  checkout: 'dev.devservices.checkout',
  service: 'dev.devservices.service',
  run: 'dev.devservices.run',
  spec: 'dev.devservices.spec',
} as const;
