import { realpathSync } from 'node:fs';
import type { Finding } from 'devservices/runner';
import { loadDockerConfig } from '../engine/docker-config.ts';
import type { DockerConfig } from '../engine/docker-config.ts';
import { loadDockerContext } from '../engine/docker-context.ts';
import { withoutPassword } from '../engine/engine-leads.ts';
import type { FindOptions } from '../engine/find-engine.ts';
import { isOnPath } from '../engine/find-starter.ts';
import { wayTaken } from './survey-engines.ts';
import type { SurveyedWay } from './survey-engines.ts';

/** Docker's own configuration: whether it can be read, which engine its CLI uses, its helpers. */
export async function inspectDockerConfig(
  options: FindOptions,
  ways: readonly SurveyedWay[],
): Promise<Finding[]> {
  const config = await loadDockerConfig(options);
  return [
    ...describeProblem(config),
    ...(await describeContext(config, options, wayTaken(ways))),
    ...describeHelpers(config, options),
  ];
}

function describeProblem({ problem, folder }: DockerConfig): Finding[] {
  if (problem === undefined) return [];
  return [
    {
      name: 'docker config',
      level: 'warning',
      text: problem,
      hint: `Mend or remove it: \`docker\` does not work with it either, and credentials in ${folder} are not found.`,
    },
  ];
}

async function describeContext(
  config: DockerConfig,
  { env }: FindOptions,
  taken: SurveyedWay | undefined,
): Promise<Finding[]> {
  const name = env['DOCKER_CONTEXT'] || config.currentContext || 'default';
  const host = env['DOCKER_HOST'];
  const context = name === 'default' ? undefined : await loadDockerContext(config.folder, name);
  const cliAddress =
    host ||
    (context && 'host' in context ? context.host : undefined) ||
    'unix:///var/run/docker.sock';
  const facts = { context: name, cli: withoutPassword(cliAddress) };
  const by = host ? 'DOCKER_HOST' : `context "${name}"`;
  if (!taken?.address || !taken.answers || isSame(cliAddress, taken.address)) {
    return [{ name: 'docker context', level: 'ok', text: `\`docker\` uses ${by}`, facts }];
  }
  return [
    {
      name: 'docker context',
      level: 'warning',
      text: `\`docker\` uses another engine, ${withoutPassword(cliAddress)} (${by}), than the one taken here`,
      hint: `To see what runs here: \`DOCKER_HOST=${withoutPassword(taken.address)} docker ps\`.`,
      facts,
    },
  ];
}

function describeHelpers(
  { credsStore, credHelpers = {} }: DockerConfig,
  { env }: FindOptions,
): Finding[] {
  const named = [credsStore, ...Object.values(credHelpers)].filter(
    (one) => typeof one === 'string',
  );
  const programs = [...new Set(named)].map((one) => `docker-credential-${one}`);
  const missing = programs.filter((program) => !isOnPath(program, env));
  if (programs.length === 0) return [];
  const name = 'credentials';
  if (missing.length === 0) {
    return [{ name, level: 'ok', text: programs.join(', '), facts: { helpers: programs } }];
  }
  return [
    {
      name,
      level: 'warning',
      text: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} named in the docker configuration, and not on the PATH`,
      hint: 'Install it, or take it out of config.json; images of its registries can not be pulled with credentials.',
      facts: { helpers: programs, missing },
    },
  ];
}

function isSame(left: string, right: string): boolean {
  return realSocket(left) === realSocket(right);
}

function realSocket(address: string): string {
  const path = address.replace(/^unix:\/\//, '');
  try {
    return path.startsWith('/') ? realpathSync(path) : address;
  } catch {
    return path.replace(/^\/run\//, '/var/run/');
  }
}
