import * as z from 'zod';
import {
  field,
  fileMode,
  flag,
  secret,
  size,
  text,
  textLike,
  userNumber,
} from './schema-values.ts';

const options = '(?:ro|rw|z|Z|cached|delegated|consistent|nocopy|r?private|r?shared|r?slave)';
const volume = textLike(
  new RegExp(
    String.raw`^(?:\/[^:]*|(?:~(?:\/[^:]*)?|\.{1,2}(?:\/[^:]*)?|\/[^:]*|[A-Za-z0-9][A-Za-z0-9_.-]*):\/[^:]*(?::${options}(?:,${options})*)?)$`,
  ),
  'a volume such as data:/var/lib/data or ./folder:/path:ro',
);
const folder = textLike(/^\/[^]*$/, 'a folder of the container such as /tmp');

/** The long form of a volume. */
export const volumeMount = z.strictObject({
  type: z.enum(['volume', 'bind', 'tmpfs']).meta({
    description:
      'A volume of this service, a file or folder of this machine, or a folder in memory.',
  }),
  source: field(
    text,
    "The volume's name, or a path, relative to the configuration.",
    'a volume that goes with the container',
  ),
  target: folder.meta({ type: 'a path in the container', description: 'Path in the container.' }),
  readOnly: field(flag, 'It can not be written to.', 'false'),
  bind: field(
    z.strictObject({
      propagation: field(
        z.enum(['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']),
        'Whether mounts inside are seen on the other side.',
        'rprivate',
      ),
      createHostPath: field(flag, 'Makes the folder where there is none.', 'true'),
      selinux: field(z.enum(['z', 'Z']), 'Relabels it, for several containers or for this alone.'),
    }),
    '`{ propagation, createHostPath, selinux }`: createHostPath false refuses a path that is not there, selinux is `z` or `Z`.',
  ),
  volume: field(
    z.strictObject({
      nocopy: field(flag, 'Leaves a new volume empty, whatever the image has there.', 'false'),
      subpath: field(text, 'Folder of the volume; needs Docker 26.'),
    }),
    '`{ nocopy, subpath }`: nocopy leaves a new volume empty, subpath is a folder of the volume (needs Docker 26).',
  ),
  tmpfs: field(
    z.strictObject({
      size: field(size, 'Most that fits.'),
      mode: field(fileMode, 'Permissions of the folder.', '1777'),
    }),
    '`{ size, mode }`.',
  ),
});

const placement = {
  target: field(
    text,
    'Path in the container.',
    '/run/secrets/NAME for a secret, /NAME for a config',
  ),
  uid: field(userNumber, 'Owner.', '0'),
  gid: field(userNumber, 'Group.', '0'),
  mode: field(fileMode, 'Permissions.', '0444'),
};

/** The long form of a secret or config; it has one of `file`, `environment` and `content`. */
export const containerFile = z.strictObject({
  source: field(text, 'Its name, in a list.'),
  file: field(text, 'A file, relative to the configuration.'),
  environment: field(text, "A variable of this process's environment."),
  content: field(
    z.union([z.string(), secret]).meta({ type: 'a text or a secret' }),
    'The contents themselves.',
  ),
  ...placement,
});

const hasOneSource = ({ file, environment, content }: z.infer<typeof containerFile>) =>
  [file, environment, content].filter((each) => each !== undefined).length === 1;
const one = 'Expected exactly one of file, environment and content.';

const files = z
  .union([
    z.record(text, z.union([containerFile.refine(hasOneSource, one), secret])),
    z.array(
      containerFile
        .refine(hasOneSource, one)
        .refine(({ source }) => source !== undefined, 'Expected its name as source.'),
    ),
  ])
  .meta({ type: 'a record or list of files' });

/** The fields of a container that are about its files. */
export const storageFields = {
  volumes: field(
    z.array(z.union([volume, volumeMount])),
    'Volumes of this service (`name:/path`), folders of the repo (`./folder:/path`), each with `:ro` if only read, volumes that go with the container (`/path`), or records, see Volume.',
  ),
  tmpfs: field(z.union([folder, z.array(folder)]), 'Folders that are in memory.'),
  secrets: field(
    files,
    'Files in /run/secrets by name, whose contents are never shown: `{ file }`, `{ environment }`, `{ content }` or a secret; see File.',
  ),
  configs: field(files, 'Files by name, as secrets, at /NAME.'),
  shmSize: field(size, 'Size of /dev/shm.', "the engine's"),
  storageOpt: field(
    z.record(text, z.union([z.string(), z.number()])).meta({ type: 'a record of options' }),
    'Options of the storage driver, such as `size`.',
  ),
};
