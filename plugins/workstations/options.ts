import { resolveDuration, z } from 'devservices';

// Comes out as milliseconds.
const duration = z.union([z.number(), z.string()]).transform((given, issues) => {
  const ms = resolveDuration(given);
  if (ms !== undefined) return ms;
  issues.addIssue({ code: 'custom', message: 'is not a duration, like `300s` or `20m`' });
  return z.NEVER;
});

const text = z.string().min(1);

// Such names reach command lines: one that begins with - would be read as an option.
const word = z.string().regex(/^[a-z0-9][a-z0-9_.:-]*$/, {
  message: 'is not a name of small letters, digits and ._:-, a letter or digit first',
});

// What useradd takes everywhere.
const userName = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/, {
  message: 'is not the name of a user: small letters, digits, _ and -, a letter or _ first',
});

const absoluteFolder = z
  .string()
  .regex(/^\/[^\0\r\n]*$/, { message: 'is not an absolute path of the workstation' });

const gcloud = z
  .strictObject({
    project: word.describe('The cloud project; --cloud-project wins over it').optional(),
    region: word.describe('--region wins over it').optional(),
    cluster: word.describe('--cluster wins over it').optional(),
    config: word
      .describe('What workstations are made from; --workstation-config wins over it')
      .optional(),
    user: userName.describe('Whom ssh logs in as').default('user'),
    folder: absoluteFolder.describe('Where one works there').default('/home/user'),
  })
  .prefault({});

const docker = z
  .strictObject({
    image: text
      .describe('With an sshd in it; default: one that is built on the engine at first use')
      .optional(),
    user: userName.describe('Whom ssh logs in as; default: whoever is signed in here').optional(),
    repo: z
      .enum(['mount', 'clone', 'none'])
      .describe('How the repo gets there; default: mounted where the engine is local, else cloned')
      .optional(),
    build: z
      .strictObject({
        base: text.describe('Image that the default one is built from').optional(),
        network: text.describe('Network of that build: `host`, for one').optional(),
      })
      .prefault({}),
  })
  .prefault({});

export const workstationsOptions = z
  .strictObject({
    provider: z
      .enum(['docker', 'gcloud'])
      .describe('Default: gcloud where a cloud project is named, else docker')
      .optional(),
    timeout: duration
      .describe('For everything that one command waits for together')
      .prefault('1200s'),
    ready: z
      .strictObject({
        command: z
          .array(z.string())
          .min(1)
          .describe('Ends with 0 by ssh once the workstation is ready for work')
          .default(['true']),
      })
      .prefault({}),
    gcloud,
    docker,
  })
  .prefault({});

/** As checked: no default is missing; durations are milliseconds. */
export type WorkstationsOptions = z.output<typeof workstationsOptions>;
