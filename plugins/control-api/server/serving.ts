/** How an API is to be served over HTTP. */
export interface ListenOptions {
  /** Default: that of the plugin's options, else any that is free. */
  port?: number | undefined;
  /** An IP address of this machine, or `localhost`; default 127.0.0.1. */
  host?: string | undefined;
  /** PEM files: what is sent is encrypted then. */
  tls?: { cert?: string | undefined; key?: string | undefined } | undefined;
  /** Takes another address than 127.0.0.1 without TLS, too. */
  insecure?: boolean | undefined;
}

/** A server of the API that listens. */
export interface ApiServer {
  readonly url: string;
  /** Whoever sends it is the owner. It is this server's alone, in memory and nowhere else. */
  readonly token: string;
  /** Resolves when it is over. */
  readonly closed: Promise<void>;
  /** Tells streams, waits a while for what is under way, and cuts the rest off. */
  close(): Promise<void>;
}
