import * as z from 'zod';
import { field, flag, hostLines, labels, size, text, textOrTexts, texts } from './schema-values.ts';

const argument = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .meta({ type: 'a text, number, true, false, or null for the one of this process' });

const buildSecret = z
  .union([z.strictObject({ file: text }), z.strictObject({ env: text })])
  .meta({ type: '{ file } or { env }' });

/** How an image is built, in the words of Compose's Build Specification. */
export const build = z.strictObject({
  context: field(
    text,
    'Folder, relative to the configuration, or the address of a git repository.',
    '.',
  ),
  dockerfile: field(text, 'Relative to the context.', 'Dockerfile'),
  dockerfileInline: field(text, "The Dockerfile's text itself."),
  args: field(
    z.record(text, argument).meta({ type: 'a record of arguments' }),
    "`ARG`s by name; `null` takes the value from this process's environment.",
  ),
  target: field(text, 'Stage of the Dockerfile to stop at.', 'the last one'),
  secrets: field(
    z.record(text, buildSecret),
    'Secrets for `RUN --mount=type=secret`, by id: `{ file }` or `{ env }`.',
  ),
  ssh: field(
    textOrTexts,
    "`default`, or `id=path` of an agent's socket or a key, for `RUN --mount=type=ssh`.",
  ),
  cacheFrom: field(texts, 'Images or `type=…` entries that layers may come from.'),
  cacheTo: field(texts, '`type=…` entries that layers go to (needs buildx).'),
  noCache: field(flag, 'Builds every layer anew.', 'false'),
  network: field(text, 'Network for `RUN`, such as `host` or `none`.', "the engine's"),
  labels: field(labels, 'Labels of the image.'),
  extraHosts: field(hostLines, 'Further `name:address` lines while building.'),
  shmSize: field(size, 'Size of /dev/shm while building.', "the engine's"),
  additionalContexts: field(
    z.record(text, text),
    'Further folders or images by name, for `FROM name` and `COPY --from=name` (needs buildx).',
  ),
});

export const buildSchema = z.union([text, build]);
