import type { dockerErrors } from '../plugins/docker/errors.ts';
import type { buildErrors } from '../plugins/docker/build/build-errors.ts';
import type { imageErrors } from '../plugins/docker/image-errors.ts';
import type { ExamplesOf } from './error-examples.ts';

const image = 'postgres:17-alpine';

export const dockerExamples: ExamplesOf<typeof dockerErrors> = {
  DS_DOCKER_UNREACHABLE: {
    tried: [
      { way: 'DOCKER_HOST (unix:///run/user/1000/docker.sock)', reason: 'nothing listens there' },
      { way: '/var/run/docker.sock', reason: 'there is no such socket' },
    ],
  },
  DS_DOCKER_ADDRESS_UNSUPPORTED: {
    way: 'DOCKER_HOST',
    scheme: 'npipe',
    instead: 'Name an engine by unix:// or tcp://.',
  },
  DS_DOCKER_TOO_OLD: { way: 'DOCKER_HOST', version: '1.39', minimum: '1.41' },
  DS_DOCKER_WORKSTATION_CONTAINED: { name: 'box' },
  DS_DOCKER_ELSEWHERE: {
    host: 'build',
    mounts: [
      { service: 'api', field: 'volumes', path: '/home/ada/shop/src' },
      { service: 'api', field: 'secrets.key', path: '/home/ada/shop/key.pem' },
    ],
    processes: [{ service: 'proxy', process: 'web' }],
  },
  DS_DOCKER_LOST: { address: 'unix:///var/run/docker.sock', reason: 'the connection was reset' },
  DS_DOCKER_REQUEST_FAILED: { doing: 'make the network shop', reason: 'internal error' },
  DS_DOCKER_RUN_REFUSED: { service: 'redis', reason: 'invalid capability: SYS_TIM' },
  DS_DOCKER_FIELD_INVALID: {
    service: 'redis',
    field: 'volumes[0]',
    problem: 'has no path in the container',
  },
  DS_DOCKER_FIELD_UNSUPPORTED: {
    service: 'api',
    field: 'volumes (subpath)',
    needs: 'Docker 26 (API 1.45)',
    version: '1.41',
  },
  DS_DOCKER_NETWORK_MISSING: { service: 'api', network: 'company' },
  DS_DOCKER_NETWORK_GONE: { service: 'api', network: 'shop' },
  DS_DOCKER_NAME_TAKEN: {
    kind: 'container',
    name: 'shop_redis',
    owner: 'it has no labels of ours',
  },
  DS_DOCKER_PORT_TAKEN: { service: 'redis', port: 6379, owner: 'other_redis' },
  DS_DOCKER_FORWARD_FAILED: { host: 'build', reason: 'its sshd lets nobody forward ports' },
  DS_DOCKER_COMMAND_REFUSED: {
    service: 'redis',
    command: 'redis-clii',
    reason: 'executable file not found in $PATH',
    shellStatus: 127,
  },
  DS_DOCKER_COMMAND_DEAF: { service: 'redis', command: 'redis-cli', signal: 'SIGTERM' },
  DS_DOCKER_START_FAILED: { service: 'redis', reason: 'exec: "redis-serve": not found' },
  DS_DOCKER_NO_SUBNET: { network: 'shop' },
  DS_DOCKER_NETWORK_IN_USE: { network: 'shop', users: ['adminer'] },
  DS_DOCKER_VOLUME_IN_USE: { volume: 'shop_postgres_data', users: ['adminer'] },
};

export const imageExamples: ExamplesOf<typeof imageErrors> = {
  DS_IMAGE_NAME_INVALID: { image: 'Postgres:17', reason: 'upper case is not allowed' },
  DS_IMAGE_MISSING: { image },
  DS_IMAGE_NOT_FOUND: {
    image: 'postgres:71',
    registry: 'docker.io',
    reason: 'manifest unknown',
  },
  DS_IMAGE_UNAUTHORISED: {
    image: 'registry.example/shop/api:1',
    registry: 'registry.example',
    reason: 'access denied',
    trouble: 'docker-credential-desktop is not on PATH',
  },
  DS_IMAGE_PLATFORM: {
    image,
    platform: 'linux/arm64',
    platforms: ['linux/amd64', 'linux/386'],
    reason: 'no matching manifest for linux/arm64/v8 in the manifest list entries',
  },
  DS_IMAGE_RATE_LIMITED: {
    image,
    registry: 'docker.io',
    reason: 'toomanyrequests: You have reached your pull rate limit.',
  },
  DS_IMAGE_NO_NETWORK: { image, registry: 'registry.example', reason: 'no such host' },
  DS_IMAGE_NO_SPACE: { image, reason: 'no space left on device' },
  DS_IMAGE_PULL_FAILED: { image, reason: 'unexpected EOF' },
};

export const buildExamples: ExamplesOf<typeof buildErrors> = {
  DS_BUILD_FAILED: {
    service: 'api',
    image: 'shop_api',
    reason: 'failed to solve: process "/bin/sh -c npm ci" did not complete successfully',
    logs: ['#9 [3/4] RUN npm ci', '#9 1.204 npm ERR! code EUSAGE'],
  },
  DS_BUILD_NO_CLI: { service: 'api', problem: 'there is no `docker` in PATH' },
  DS_BUILD_NEEDS_BUILDX: {
    service: 'api',
    field: 'secrets',
    found: 'docker 28.2.2 without buildx',
  },
  DS_BUILD_CONTEXT_MISSING: { service: 'api', context: '/home/ada/shop/api' },
  DS_BUILD_DOCKERFILE_MISSING: { service: 'api', dockerfile: '/home/ada/shop/api/Dockerfile' },
  DS_BUILD_TARGET_UNKNOWN: { service: 'api', target: 'dve', known: ['base', 'dev'] },
  DS_BUILD_SECRET_MISSING: { service: 'api', id: 'npm', source: '$NPM_TOKEN' },
  DS_BUILD_IMAGE_TAKEN: {
    service: 'api',
    image: 'shop_api',
    owner: 'it was not built by devservices',
  },
  DS_BUILD_IMAGE_SHARED: { image: 'shop/api:dev', services: ['api', 'worker'] },
};
