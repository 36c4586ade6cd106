import type Dockerode from 'dockerode';

/** What an engine's API has that older ones have not. */
export interface EngineApi {
  version: string;
  /** 1.43: annotations. */
  hasAnnotations: boolean;
  /** 1.44: a MAC address for each network, healthcheck.startInterval. */
  hasEndpointMac: boolean;
  hasStartInterval: boolean;
  /** 1.45: a folder of a volume. */
  hasSubpath: boolean;
}

/** The API as `version` numbers it. */
export function describeApi(version: string): EngineApi {
  const [, minor = 0] = version.split('.').map(Number);
  return {
    version,
    hasAnnotations: minor >= 43,
    hasEndpointMac: minor >= 44,
    hasStartInterval: minor >= 44,
    hasSubpath: minor >= 45,
  };
}

/** The API that a client speaks with its engine. */
export function apiOf(client: Dockerode): EngineApi {
  const { version = 'v1.41' } = client.modem as unknown as { version?: string };
  return describeApi(version.replace(/^v/, ''));
}
