import * as z from 'zod';
import {
  count,
  duration,
  environment,
  field,
  flag,
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

const extraHost = textLike(/^[A-Za-z0-9._-]+[:=]\S+$/, 'a host such as api.local:10.0.0.5');
const folder = textLike(/^\/[^]*$/, 'a folder of the container such as /tmp');
const size = z.union([
  count,
  textLike(/^\d+(?:\.\d+)?\s*(?:[bkmg]|[kmg]b)?$/i, "a size such as '64mb'"),
]);

const label = z.string().meta({ type: 'a text' });
const labels = z
  .record(
    textLike(/^(?!dev\.devservices\.)[^]+$/, 'a label that does not begin with dev.devservices.'),
    label,
  )
  .meta({ type: 'a record of labels' });

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

/** A run of kind `container`, in Compose's words. */
export const containerRun = z.strictObject({
  kind: z.literal('container').meta({ description: 'Says that this run is a container.' }),
  image: image.meta({ description: 'What to run: `[registry/]name[:tag][@digest]`.' }),
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
  extraHosts: field(z.array(extraHost), 'Further `name:address` lines of /etc/hosts.'),
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
