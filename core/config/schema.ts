import * as z from 'zod';
import { type PortRange, portsOfRange } from '../service/port-range.ts';
import { readiness } from './schema-readiness.ts';
import {
  aFunction,
  duration,
  environment,
  field,
  flag,
  ipAddress,
  name,
  portName,
  portNumber,
  text,
  textOrTexts,
  texts,
} from './schema-values.ts';

const range = z
  .custom<PortRange>((value) => portsOfRange(value) !== undefined)
  .meta({ type: "a range such as '8000-8010'" });

const longPort = z
  .strictObject({
    container: z
      .union([portNumber, range])
      .meta({ description: 'Port inside; each port of a range is published.' }),
    host: field(
      z.union([portNumber, z.literal('auto'), range]),
      "Port of this machine, a range of which the first free one is taken, or `'auto'` for a free one. Of a range inside: a range as long.",
      'the same number',
    ),
    protocol: field(z.enum(['tcp', 'udp']), 'Which of the two.', 'tcp'),
    interface: field(
      ipAddress("an IP address of this machine, or '0.0.0.0' for all"),
      'Address of this machine on which it is published; any other than the default is open to others.',
      '127.0.0.1',
    ),
  })
  .refine(({ container, host }) => {
    const inside = portsOfRange(container);
    if (inside === undefined || host === undefined) return true;
    return host === 'auto' || portsOfRange(host)?.length === inside.length;
  }, 'Expected host to be a range as long as that of container.');

export const port = z.union([portNumber, longPort]);

const condition = z.enum(['started', 'ready', 'completed']);

export const dependency = z.strictObject({
  condition: condition.meta({ description: 'What must be true of it first.' }),
  restart: field(flag, 'Restarts this service when that one was restarted or recreated.', 'false'),
  required: field(flag, 'False: that one may be missing or fail.', 'true'),
});

export const readyStep = z.strictObject({
  run: aFunction.meta({
    description: 'Called with `{ service, endpoints, environment, signal }`.',
  }),
  onFailure: field(
    z.enum(['fail', 'warn']),
    '`fail`: the service counts as failed; `warn`: it is said.',
    'fail',
  ),
  inputs: field(texts, 'Globs: runs only when one of these files changed since it last succeeded.'),
});

export const service = z.strictObject({
  run: z.unknown().meta({
    type: 'a run with a `kind`, or a record of runs',
    description: 'How it runs: one run, or several by key in order of preference.',
  }),
  ports: field(
    z.record(portName, port),
    'By name; a number is the port inside and the one preferred on this machine. Published on 127.0.0.1 unless `interface` says otherwise.',
  ),
  ready: field(
    readiness,
    'When it counts as ready.',
    "the run's healthcheck, else its ports, else started",
  ),
  exports: field(
    environment,
    'Variables for direct dependants, tasks, `run` and `env`; `{host}`, `{port.NAME}` and `{address.NAME}` stand for its addresses.',
  ),
  dependsOn: field(
    z.union([z.array(text), z.record(z.string(), z.union([condition, dependency]))]),
    'Services that come first; a list means that they are ready.',
  ),
  onlyIf: field(z.union([flag, aFunction]), 'False leaves it out unless it is named.', 'true'),
  profiles: field(texts, 'Left out unless one of these profiles is asked for, or it is named.'),
  autoStart: field(flag, 'False leaves it out unless it is named or depended on.', 'true'),
  onReady: field(
    z.union([aFunction, readyStep]),
    'A step on this machine once it is ready, before its dependants start.',
  ),
});

export const inlineTask = z.strictObject({
  command: text.meta({ description: "What the shell runs, in the configuration's folder." }),
  description: field(text, 'One line for the listing.'),
  needs: field(texts, 'Tasks that run first, in parallel.'),
});

export const permissions = z.strictObject({
  run: field(texts, 'Commands, by name.'),
  net: field(texts, 'Hosts: `api.example.com`, `*.example.com`; `*` is any.'),
  read: field(texts, 'Folders and files that may be read.'),
  write: field(texts, 'Folders and files that may be written.'),
  env: field(texts, 'Variables that are shown; `SENTRY_*` for many.'),
  engine: field(flag, "The engine's client.", 'false'),
  project: field(flag, 'The project: its services are looked at, and its tasks run.', 'false'),
});

export const engine = z.strictObject({
  url: field(
    text,
    'Its address, such as `unix:///run/docker.sock` or `ssh://me@build`.',
    'the current docker context, else a known socket',
  ),
  start: field(
    z.enum(['ask', 'auto', 'never']),
    'What `up` does where it does not run and a way to start it is known; `ask` without a terminal says the command.',
    'ask',
  ),
});

/** A whole configuration; each `run` is checked by the schema of its kind. */
export const configSchema = z.strictObject({
  project: field(name, 'Name of the project.', "the folder's name"),
  extends: field(textOrTexts, 'Files or packages whose configuration lies below this one.'),
  engine: field(z.union([text, engine]), 'Where containers run; a text is the `url`.'),
  services: field(z.record(z.string(), service), 'By name; see Service.'),
  plugins: field(
    z
      .custom<unknown>((value) => typeof value === 'object' && value !== null)
      .meta({ type: 'a list of plugins, or a record of options by plugin name' }),
    'A list of plugins, paths and packages, or a record of options by plugin name; `null` removes one.',
  ),
  tasks: field(
    z.record(z.string(), z.union([text, inlineTask])),
    'Small tasks by name: a command, or `{ command, description, needs }`.',
  ),
  permissions: field(permissions, "Narrows what this repo's own tasks may do.", 'everything'),
  options: field(
    z.record(z.string(), z.unknown()),
    'Values of settings that plugins declare, by dotted key.',
  ),
  optionsFile: field(
    text,
    'A YAML or JSON file of options, below `options`; nested keys are joined with dots.',
  ),
  hookTimeout: field(duration, 'Longest time that a tap of a hook may take.', '60s'),
  telemetry: field(
    flag,
    'False: plugins send nothing of what is measured or went wrong to anybody. `--no-telemetry` and `DO_NOT_TRACK=1` win over it.',
    'true; nothing is sent unless a plugin is told where to',
  ),
});
