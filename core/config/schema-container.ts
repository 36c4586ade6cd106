import * as z from 'zod';
import { buildSchema } from './schema-build.ts';
import { resourceFields, securityFields } from './schema-container-limits.ts';
import { networkFields } from './schema-container-network.ts';
import { storageFields } from './schema-container-storage.ts';
import {
  count,
  duration,
  aFunction,
  field,
  flag,
  labels,
  lines,
  text,
  textLike,
  textOrTexts,
  variables,
} from './schema-values.ts';

const image = textLike(
  /^(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?\/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@[a-z0-9+._-]+:[0-9a-f]{32,})?$/,
  'an image such as redis:8 or ghcr.io/org/app@sha256:…',
);

/** The long form of a file of variables. */
export const envFile = z.strictObject({
  path: text.meta({ description: 'Relative to the configuration.' }),
  required: field(flag, 'False: it may be missing.', 'true'),
  format: field(z.literal('raw'), 'With `raw`, values are taken as they are, quotes and all.'),
});

const containerEnvironment = z.union([
  variables,
  aFunction,
  z
    .array(textLike(/^[^=\0]+(?:=[^]*)?$/, 'a variable such as NAME=value'))
    .meta({ type: 'a list of NAME=value lines' }),
]);

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
    .optional()
    .meta({ description: 'A shell command, or a list that begins with `CMD` or `CMD-SHELL`.' }),
  interval: field(duration, 'Between two checks.', '30s'),
  timeout: field(duration, 'One check is ended after this.', '30s'),
  retries: field(count, 'Failures in a row until it counts as unhealthy.', '3'),
  startPeriod: field(duration, 'Failures before this has passed do not count.', '0s'),
  startInterval: field(duration, 'Between two checks before that; needs Docker 25.', 'interval'),
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
  pullPolicy: field(
    z.enum(['missing', 'always', 'never', 'build']),
    'When the image is fetched, or built; `--pull` says otherwise.',
    'missing',
  ),
  platform: field(text, 'Such as `linux/arm64`.', "the engine's"),
  command: field(textOrTexts, 'Arguments for the entrypoint.', "the image's"),
  entrypoint: field(textOrTexts, 'What is run first.', "the image's"),
  environment: field(
    containerEnvironment,
    "Variables; `{host}`, `{port.NAME}` and `{address.NAME}` stand for the own addresses, `{address.SERVICE.PORT}` and its like for those of a dependency. In a list of `NAME=value` lines, a name alone takes the value from this process's environment.",
  ),
  envFile: field(
    z.union([text, z.array(z.union([text, envFile]))]),
    'Files of `NAME=value` lines, or `{ path, required, format }`; `environment` wins over them.',
  ),
  user: field(text, 'User, and group after a colon, inside the container.', "the image's"),
  workingDir: field(text, 'Folder in which the command runs.', "the image's"),
  ...storageFields,
  ...networkFields,
  labels: field(z.union([labels, lines]), 'Further labels: a record, or `name=value` lines.'),
  labelFile: field(textOrTexts, 'Files of `name=value` lines; `labels` win over them.'),
  annotations: field(
    z.union([z.record(text, z.string()).meta({ type: 'a record of texts' }), lines]),
    "Like labels, for the container's runtime; needs Docker 24.",
  ),
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
  tty: field(flag, 'It gets a terminal.', 'false'),
  stdinOpen: field(flag, 'Its input stays open.', 'false'),
  stopSignal: field(
    textLike(/^(?:SIG)?[A-Z0-9+-]+$/, 'a signal such as SIGINT'),
    'Asks it to end.',
    'SIGTERM',
  ),
  stopGracePeriod: field(duration, 'Between that signal and SIGKILL.', '10s'),
  logging: field(
    z.strictObject({
      driver: field(text, 'Such as `json-file`.', "the engine's"),
      options: field(
        z.record(text, z.union([z.string(), z.number()])).meta({ type: 'a record of options' }),
        "The driver's options.",
      ),
    }),
    '`{ driver, options }`: where the engine keeps what it prints.',
    "the engine's",
  ),
  ...resourceFields,
  ...securityFields,
});

/** A run of kind `container`, in Compose's words. */
export const containerRun = fields
  .refine(
    ({ image: name, build }) => name !== undefined || build !== undefined,
    'Expected an image or a build, found neither.',
  )
  .check(refuseTogether);

// Names of Compose's and ours for the same, and fields of which one makes the other meaningless.
const exclusive = [
  ['memory', 'memLimit'],
  ['memoryReservation', 'memReservation'],
  ['memorySwap', 'memswapLimit'],
  ['networkMode', 'networks'],
  ['networkMode', 'aliases'],
] as const;

function refuseTogether({ value, issues }: z.core.ParsePayload<z.infer<typeof fields>>): void {
  for (const [kept, other] of exclusive) {
    if (value[kept] === undefined || value[other] === undefined) continue;
    const message = `Expected either ${kept} or ${other}, found both.`;
    issues.push({ code: 'custom', input: value[other], path: [other], message });
  }
}
