import { join } from 'node:path';
import { loadDockerConfig } from './docker-config.ts';
import type { Surroundings } from './docker-config.ts';
import { loadDockerContext, loadTls } from './docker-context.ts';
import type { EngineTls } from './engine-address.ts';
import { listKnownPlaces } from './known-places.ts';

/** A place where an engine may be. */
export interface Lead {
  /** As people read it: `DOCKER_HOST`, `docker context "work"`. */
  way: string;
  /** Somebody chose it: no other lead may stand in for it. */
  isChosen: boolean;
  address?: string;
  tls?: EngineTls | undefined;
  /** Why it leads nowhere. */
  problem?: string;
}

export interface LeadOptions extends Surroundings {
  /** `--engine`, or what the configuration says. */
  engine?: string | undefined;
  /** Who said `engine`, for messages. Default: `--engine`. */
  engineSource?: string | undefined;
  /** Where engines for all users put their sockets; default `/var/run`. */
  systemFolder?: string | undefined;
}

/** The ways to an engine, in order; the first that yields a chosen lead is the last one followed. */
export const strategies: readonly ((options: LeadOptions) => Promise<readonly Lead[]>)[] = [
  fromEngineOption,
  fromDockerHost,
  fromContext,
  fromKnownSockets,
];

async function fromEngineOption(options: LeadOptions): Promise<readonly Lead[]> {
  if (!options.engine) return [];
  const tls = await tlsFromEnvironment(options);
  return [
    {
      way: `${options.engineSource ?? '--engine'} ${withoutPassword(options.engine)}`,
      isChosen: true,
      address: options.engine,
      tls,
    },
  ];
}

async function fromDockerHost(options: LeadOptions): Promise<readonly Lead[]> {
  const address = options.env['DOCKER_HOST'];
  if (!address) return [];
  const tls = await tlsFromEnvironment(options);
  return [{ way: `DOCKER_HOST ${withoutPassword(address)}`, isChosen: true, address, tls }];
}

async function fromContext(options: LeadOptions): Promise<readonly Lead[]> {
  const config = await loadDockerConfig(options);
  const name = options.env['DOCKER_CONTEXT'] || config.currentContext;
  if (name === undefined && config.problem !== undefined) {
    return [{ way: 'current docker context', isChosen: false, problem: config.problem }];
  }
  if (name === undefined || name === 'default') return [];
  const found = await loadDockerContext(config.folder, name);
  const lead = { way: `docker context "${name}"`, isChosen: true };
  if ('problem' in found) return [{ ...lead, problem: found.problem }];
  return [
    {
      ...lead,
      way: `${lead.way} (${withoutPassword(found.host)})`,
      address: found.host,
      tls: found.tls,
    },
  ];
}

function fromKnownSockets(options: LeadOptions): Promise<readonly Lead[]> {
  const leads = listKnownPlaces(options).map(({ path }) => ({
    way: path,
    isChosen: false,
    address: `unix://${path}`,
  }));
  return Promise.resolve(leads);
}

// As the docker CLI: DOCKER_TLS_VERIFY, or DOCKER_TLS without checking whose certificate it is.
async function tlsFromEnvironment({ env, home }: LeadOptions): Promise<EngineTls | undefined> {
  const verifies = Boolean(env['DOCKER_TLS_VERIFY']);
  if (!verifies && !env['DOCKER_TLS']) return undefined;
  const folder = env['DOCKER_CERT_PATH'] || env['DOCKER_CONFIG'] || join(home, '.docker');
  return (await loadTls(folder, !verifies)) ?? {};
}

/** An address as it may be shown. */
export function withoutPassword(address: string): string {
  return address.replace(/\/\/([^/@:]*):[^/]*@/, '//$1@');
}
