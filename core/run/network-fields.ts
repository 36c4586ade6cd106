/** A container's place on one network. */
export interface NetworkAttachment {
  /** Further names of the container on this network. */
  aliases?: readonly string[];
  ipv4Address?: string;
  ipv6Address?: string;
  linkLocalIps?: readonly string[];
  macAddress?: string;
  /** Higher ones are connected first. */
  priority?: number;
}

/** How a container is reached, and what it reaches. */
export interface NetworkFields {
  hostname?: string;
  domainname?: string;
  macAddress?: string;
  /** Further names of this container on the project's network. */
  aliases?: readonly string[];
  /**
   * Further networks, which must be there already and are left as they are; `default` is the project's own,
   * on which the container is in any case.
   */
  networks?: readonly string[] | Readonly<Record<string, NetworkAttachment | null>>;
  /**
   * Instead of the project's network: this machine's own, none, the engine's default one, or that of a
   * service (which comes first) or of another container.
   */
  networkMode?: 'host' | 'none' | 'bridge' | `service:${string}` | `container:${string}`;
  /** `name:address` lines, or a record; `host.docker.internal` is there unless set. */
  extraHosts?: readonly string[] | Readonly<Record<string, string | readonly string[]>>;
  dns?: string | readonly string[];
  dnsSearch?: string | readonly string[];
  dnsOpt?: readonly string[];
  /** Ports that are open to other containers only: `3000`, `'8000-8005'`, `'53/udp'`. */
  expose?: readonly (string | number)[];
}
