import { createHash } from 'node:crypto';

export interface BuildOptions {
  /** Of Debian's kind. Default: Debian itself. */
  base?: string | undefined;
  /** Of the build: `host`, for one. */
  network?: string | undefined;
}

export const defaultBase = 'debian:12-slim';

/** What workstations are made from where nobody names an image; its tag says what is in it. */
export function describeDefaultImage({ base = defaultBase }: BuildOptions): {
  tag: string;
  dockerfile: string;
} {
  const dockerfile = [
    `FROM ${base}`,
    'RUN apt-get update \\',
    ' && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \\',
    '      ca-certificates curl git less openssh-server procps sudo \\',
    ' && apt-get clean \\',
    // Each workstation has a key of its own.
    ' && rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_*',
    '',
  ].join('\n');
  const hash = createHash('sha256').update(dockerfile).digest('hex').slice(0, 12);
  return { tag: `devservices/workstation:${hash}`, dockerfile };
}
