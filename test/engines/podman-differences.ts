/** A case that an engine does not pass. */
export interface Difference {
  /** Path of its file, from the repo's root. */
  file: string;
  /** The test's own title; without one, all of the file: it is not run. */
  title?: string;
  reason: string;
  /** It passes at times: it is not run. Others are run, and have to fail. */
  varies?: boolean;
}

const build = 'test/plugins/docker/build/image-names.case.test.ts';
const pulls = 'test/cases/pulls.test.ts';
const noBytes = 'It tells the bytes of a layer only where that takes more than a second.';

/**
 * What Podman does not do, said to users in docs/engines.md. One that begins to pass is to be taken
 * out, one that no test is called any more too.
 */
export const podmanDifferences: readonly Difference[] = [
  {
    file: 'test/plugins/docker/compose-fields.case.test.ts',
    reason: 'It compares field by field with what Compose makes on a Docker Engine.',
  },
  ...[
    'test/cases/dependency-addresses.test.ts',
    'test/cases/instrument.test.ts',
    'test/cases/instrument-spotlight.test.ts',
    'test/cases/relay.test.ts',
    'test/cases/relay-toggle.test.ts',
    'test/cases/toggle.test.ts',
    'test/plugins/docker/project-gateway.case.test.ts',
  ].map((file) => ({
    file,
    reason: "A project's network has no address on this machine before one of its containers runs.",
  })),
  ...['buildx', 'buildkit'].map((kind) => ({
    file: build,
    title: `a secret is seen by the build, and by nobody else: ${kind}`,
    reason: 'Its API has no sessions, by which BuildKit gets secrets.',
  })),
  ...['buildx', 'buildkit'].map((kind) => ({
    file: build,
    title: `what images have in common is made once, though each has a call of its own: ${kind}`,
    reason: 'Builds at the same time share nothing.',
    varies: true,
  })),
  {
    file: build,
    title: 'the engine that is asked is the one in use, whatever the environment names',
    reason: 'buildx itself does not work with its API.',
  },
  {
    file: pulls,
    title: 'two services of one image: one pull, told once, with bytes that add up',
    reason: noBytes,
  },
  {
    file: pulls,
    title:
      '--offline names all that is missing and who needs it; with the images here it asks nobody',
    reason: noBytes,
  },
  {
    file: 'test/cases/exec.test.ts',
    title: 'a command that leaves stdin unread loses no output',
    reason:
      'It breaks off what it has still to pass on when the command is gone and stdin goes on.',
    varies: true,
  },
];
