import * as z from 'zod';
import { namedVariables } from '../core/config/assignment-layers.ts';
import { defOf, describeSchema, notesOf, unwrap } from '../core/config/describe-schema.ts';
import { configNames, localNames } from '../core/config/find-config.ts';
import {
  configSchema,
  dependency,
  engine,
  inlineTask,
  permissions,
  port,
  readyStep,
  service,
} from '../core/config/schema.ts';
import { build } from '../core/config/schema-build.ts';
import { deviceMapping, gpuRequest } from '../core/config/schema-container-limits.ts';
import { networkAttachment } from '../core/config/schema-container-network.ts';
import { containerFile, volumeMount } from '../core/config/schema-container-storage.ts';
import { containerRun, envFile, healthcheck } from '../core/config/schema-container.ts';
import { backoff, processRun, program } from '../core/config/schema-process.ts';
import { readinessKinds } from '../core/config/schema-readiness.ts';

/** The text of docs/configuration.md: the layers, and every field as the schemas have it. */
export function renderConfigurationDoc(): string {
  return `${[
    '# Configuration',
    '<!-- Generated from the schemas in core/config by `npm run docs`; do not edit. -->',
    introduction,
    whereFound(),
    layers,
    merging,
    variables(),
    '## Fields',
    '### The whole configuration',
    fieldsOf(configSchema),
    '### Engine',
    'The address, or a record; docs/engines.md says how one is found and started:',
    fieldsOf(engine),
    '### Service',
    fieldsOf(service),
    'Plugins bring further fields, which are there where the plugin is listed.',
    othersAddresses,
    '### Port',
    "A number, or a record. Of a range of ports the first has the name itself, the others the name with their number: `cluster: { container: '7000-7002' }` makes `cluster`, `cluster-7001` and `cluster-7002`.",
    fieldsOf(objectIn(port)),
    '### Dependency',
    "`'started'`, `'ready'`, `'completed'`, or a record:",
    fieldsOf(dependency),
    '### Run of kind `container`',
    "The Compose Specification's words in camelCase, with its meanings.",
    fieldsOf(containerRun),
    '#### Build',
    'A folder to build in, or a record:',
    fieldsOf(build),
    '#### Volume',
    '`source:/path[:options]`, `/path`, or a record:',
    fieldsOf(volumeMount),
    '#### File',
    'A secret or config, where it comes from and where it is in the container. One from a `file` alone is a read-only bind mount, so that a remote engine needs it on its side; the others are put into the container before it starts. A change makes the container anew.',
    fieldsOf(containerFile),
    '#### Network',
    fieldsOf(networkAttachment),
    '#### Device',
    fieldsOf(deviceMapping),
    '#### Gpu',
    fieldsOf(gpuRequest),
    '#### Env file',
    fieldsOf(envFile),
    '#### Healthcheck',
    fieldsOf(healthcheck),
    '### Run of kind `process`',
    "A process of this machine, in the Compose Specification's words where it has one. It is either a `command` or a `program`. Other kinds are described by the plugins that bring them.",
    fieldsOf(processRun),
    '#### Program',
    fieldsOf(program),
    '#### Backoff',
    fieldsOf(backoff),
    '### Readiness',
    ...Object.entries(readinessKinds).flatMap(([kind, schema]) => [
      `#### \`${kind}\``,
      readinessMeanings[kind as keyof typeof readinessKinds],
      ...(Object.keys(schema.shape).length > 1 ? [fieldsOf(schema, ['kind'])] : []),
    ]),
    '### Step after readiness',
    'A function, or a record:',
    fieldsOf(readyStep),
    secrets,
    '### Task',
    'A command, or a record:',
    fieldsOf(inlineTask),
    '### Permissions',
    fieldsOf(permissions),
  ].join('\n\n')}\n`;
}

const introduction = `A configuration says which services a repo needs, how they run and when they are ready.

\`\`\`ts
import { container, defineConfig, ready } from 'devservices';

export default defineConfig({
  services: {
    redis: {
      run: container({ image: 'redis:8' }),
      ports: { redis: 6379 },
      ready: ready.port(),
      exports: ({ address }) => ({ REDIS_URL: \`redis://\${address('redis')}\` }),
    },
  },
});
\`\`\`

The same in YAML, where templates stand for functions:

\`\`\`yaml
services:
  redis:
    run: { kind: container, image: redis:8 }
    ports: { redis: 6379 }
    ready: { kind: port }
    exports: { REDIS_URL: 'redis://{address.redis}' }
\`\`\``;

function whereFound(): string {
  return `## Where it is found

From the folder in which you are up to the git top level, the first folder that has one of ${names(configNames)} or a \`devservices\` key in its \`package.json\`. Never above the git top level or the home folder, and never a file of another user; outside of git in the current folder alone. Two of them in one folder are an error. \`--config FILE\` or \`DEVSERVICES_CONFIG\` names one instead.

Beside it may lie one of ${names(localNames)}: yours alone, to be ignored by git.

Relative paths inside of a service start from the folder of the configuration; those of \`extends\` and \`optionsFile\` from the file that says them.`;
}

const layers = `## Layers

Later ones win:

| Layer | What it is |
|---|---|
| \`defaults\` | built in |
| \`plugin\` | services that plugins add |
| \`extends\` | each file or package that a configuration extends, with what that extends below it |
| \`options-file\` | the file named by \`optionsFile\`, directly below the file that names it |
| \`repo\` | the configuration itself |
| \`local\` | \`devservices.local.*\` beside it |
| \`environment\` | variables, see below |
| \`flag\` | \`--project\`, \`--engine\`, \`--set PATH=VALUE\`, each, and \`--no-telemetry\` |

\`devservices config PATH --origin\` says which layer, file and line a value comes from.`;

const merging = `## Merging

Records merge by key, lists and everything else replace, \`null\` removes. A record of another \`kind\` (of a run, of a readiness) replaces the whole record. Plugins merge by name.

A single \`run\` is the same as a record with one entry, called \`docker\` for a container, \`local\` for a process and else as its kind: \`services.redis.run.docker.image\` is a path in any case. Short forms are written out when a record is laid over them: \`ports: { sql: 5432 }\` under \`ports: { sql: { host: 6000 } }\` is \`{ container: 5432, host: 6000 }\`.`;

function variables(): string {
  const named = namedVariables.map(({ variable, key }) => `| \`${variable}\` | \`${key}\` |`);
  return `## Variables and --set

| Variable | Path |
|---|---|
${named.join('\n')}
| \`DEVSERVICES_CONFIG\` | which file is the configuration |
| \`DO_NOT_TRACK\` | \`telemetry\`: false, above everything else, unless it is empty, \`0\` or \`false\` |
| \`DEVSERVICES__A__B__C\` | \`a.b.c\`: two underscores separate keys |

\`DEVSERVICES__SERVICES__REDIS__RUN__DOCKER__IMAGE=redis:8\` sets \`services.redis.run.docker.image\`. A key is matched with those that the layers below have, without regard to case, \`-\` and \`_\`; a new one is taken in camelCase (\`STOP_GRACE_PERIOD\` is \`stopGracePeriod\`), the name of a plugin in kebab-case, and inside \`environment\` and \`exports\` it is taken as it is.

\`--set services.redis.run.docker.image=redis:8\` does the same with the keys as they are; a dot inside a key is written \`\\.\`. Everything after \`options\` is one key: \`--set options.log.level=debug\`.

A value is JSON where it is a JSON value (\`6380\`, \`true\`, \`null\`, \`["a"]\`, \`{"soft":1}\`, and \`"6380"\` in quotes for a text of digits), else the text itself.`;
}

const readinessMeanings: Readonly<Record<keyof typeof readinessKinds, string>> = {
  http: 'A GET is answered, by default with 200 to 399.',
  port: 'Something inside listens on the port.',
  log: 'A line of the log matches.',
  command: 'A command inside the service exits 0.',
  healthcheck: "The engine's own health, where the run has a healthcheck.",
  all: 'All of several.',
  none: 'Started is ready.',
};

const othersAddresses = `In \`environment\` a template may also name a port of a service that this one depends on: \`{address.relay.http}\`, \`{host.relay.http}\`, \`{port.relay.http}\` and \`{published.relay.http}\` are those of the port \`http\` of the service \`relay\`, right for where the reader runs. A function asks for \`address('relay.http')\`. A variable with such a template is left out where that service takes no part, as what it exports is; a function is told DS_PORT_UNKNOWN.`;

const secrets = `### Secret

Stands for the value of a variable, and is redacted wherever it would be printed: \`secret('…')\` in code, and in JSON or YAML \`{ $secret: { value: '…' } }\`, \`{ $secret: { env: 'NAME' } }\`, \`{ $secret: { file: 'path' } }\` or \`{ $secret: { command: ['op', 'read', '…'] } }\`.`;

function fieldsOf(schema: z.ZodObject, without: readonly string[] = []): string {
  const fields = Object.entries(schema.shape).filter(([key]) => !without.includes(key));
  const rows = fields.map(([key, field]) => {
    const notes = notesOf(field);
    const inner = unwrap(field);
    const fallback = field instanceof z.ZodOptional ? notes.default : 'required';
    const meaning = notes.description ?? notesOf(inner).description;
    return `| ${[`\`${key}\``, describeSchema(field), meaning, fallback].map(cell).join(' | ')} |`;
  });
  return ['| Field | May be | Means | Default |', '|---|---|---|---|', ...rows].join('\n');
}

function objectIn(schema: z.ZodType): z.ZodObject {
  const found = (defOf(schema).options ?? []).find((option) => option instanceof z.ZodObject);
  return found as z.ZodObject;
}

const cell = (text = ''): string => text.replaceAll('|', '\\|');

const names = (list: readonly string[]): string => list.map((name) => `\`${name}\``).join(', ');
