import * as z from 'zod';
import { buildSchema } from './schema-build.ts';
import {
  count,
  duration,
  environment,
  field,
  flag,
  hostLines,
  labels,
  size,
  text,
  textLike,
  textOrTexts,
  wholeNumber,
} from './schema-values.ts';

const image = textLike(
  /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-f]{32,})?$/,
  'an image such as redis:8 or ghcr.io/org/app@sha256:…',
);

const volume = textLike(
  /^(?:\.{1,2}(?:\/[^:]*)?|\/[^:]*|[A-Za-z0-9][A-Za-z0-9_.-]*):\/[^:]*(?::(?:ro|rw|z|Z|cached|delegated|consistent)(?:,(?:ro|rw|z|Z|cached|delegated|consistent))*)?$/,
  'a volume such as data:/var/lib/data or ./folder:/path:ro',
);

const folder = textLike(/^\/[^]*$/, 'a folder of the container such as /tmp');
const capabilities = z.array(textLike(/^[A-Za-z_]+$/, 'a capability such as NET_ADMIN'));
const limit = wholeNumber(-1, Number.MAX_SAFE_INTEGER, 'a whole number, -1 for no limit');

export const healthcheck = z.strictObject({
  test: z
    .union([
      text,
      z
        .custom<readonly string[]>(
          (value) =>
            Array.isArray(value) &&
            value.every((each) => typeof each === 'string') &&
            ['CMD', 'CMD-SHELL', 'NONE'].includes(String(value[0])),
        )
        .meta({ type: "a list that begins with 'CMD', 'CMD-SHELL' or 'NONE'" }),
    ])
    .meta({ description: 'A shell command, or a list that begins with `CMD` or `CMD-SHELL`.' }),
  interval: field(duration, 'Between two checks.', '30s'),
  timeout: field(duration, 'One check is ended after this.', '30s'),
  retries: field(count, 'Failures in a row until it counts as unhealthy.', '3'),
  startPeriod: field(duration, 'Failures before this has passed do not count.', '0s'),
  disable: field(flag, "Turns the image's own check off.", 'false'),
});

const fields = z.strictObject({
  kind: z.literal('container').meta({ description: 'Says that this run is a container.' }),
  image: field(
    image,
    'What to run: `[registry/]name[:tag][@digest]`; with `build`, the name that the result gets.',
  ),
  build: field(
    buildSchema,
    'Builds the image instead of pulling it: the folder to build in, or a record; see Build.',
  ),
  command: field(textOrTexts, 'Arguments for the entrypoint.', "the image's"),
  entrypoint: field(textOrTexts, 'What is run first.', "the image's"),
  environment: field(
    environment,
    'Variables; `{host}`, `{port.NAME}` and `{address.NAME}` stand for the own addresses.',
  ),
  envFile: field(textOrTexts, 'Files of `NAME=value` lines; `environment` wins over them.'),
  user: field(text, 'User, and group after a colon, inside the container.', "the image's"),
  workingDir: field(text, 'Folder in which the command runs.', "the image's"),
  hostname: field(text, 'Name of the container inside of itself.'),
  volumes: field(
    z.array(volume),
    'Volumes of this service (`name:/path`) and folders of the repo (`./folder:/path`), each with `:ro` if only read.',
  ),
  tmpfs: field(z.union([folder, z.array(folder)]), 'Folders that are in memory.'),
  labels: field(labels, 'Further labels of the container.'),
  aliases: field(z.array(text), "Further names on the project's network."),
  extraHosts: field(hostLines, 'Further `name:address` lines of /etc/hosts.'),
  healthcheck: field(
    healthcheck,
    'A check that the engine runs inside the container.',
    "the image's",
  ),
  restart: field(
    textLike(
      /^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/,
      "one of 'no', 'always', 'unless-stopped', 'on-failure' and 'on-failure:N'",
    ),
    'When the engine starts it again after it ended.',
    'no',
  ),
  init: field(flag, 'An init process forwards signals and reaps children.', 'false'),
  platform: field(text, 'Such as `linux/arm64`.', "the engine's"),
  privileged: field(flag, 'All rights of the host.', 'false'),
  capAdd: field(capabilities, 'Capabilities to add.'),
  capDrop: field(capabilities, 'Capabilities to take away.'),
  shmSize: field(size, 'Size of /dev/shm.', "the engine's"),
  ulimits: field(
    z.record(text, z.union([limit, z.strictObject({ soft: limit, hard: limit })])),
    'Limits by name: a number, or `{ soft, hard }`.',
  ),
  sysctls: field(
    z.record(text, z.union([z.string(), z.number()])),
    'Kernel parameters of the container by name.',
  ),
  stopSignal: field(
    textLike(/^(?:SIG)?[A-Z0-9+-]+$/, 'a signal such as SIGINT'),
    'Asks it to end.',
    'SIGTERM',
  ),
  stopGracePeriod: field(duration, 'Between that signal and SIGKILL.', '10s'),
});

/** A run of kind `container`, in Compose's words. */
export const containerRun = fields.refine(
  ({ image: name, build }) => name !== undefined || build !== undefined,
  'Expected an image or a build, found neither.',
);
