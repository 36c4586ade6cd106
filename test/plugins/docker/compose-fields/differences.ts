/** What differs in many rows, each with what it has to be for ours and for Compose, and why. */
export const everywhere: readonly {
  where: RegExp;
  ours: unknown;
  theirs: unknown;
  why: string;
}[] = [
  {
    where: /^Config\.Attach(?:Stdout|Stderr)$/,
    ours: undefined,
    theirs: true,
    why: 'Compose notes that it may attach; ours reads logs',
  },
  {
    where: /^HostConfig\.RestartPolicy\.Name$/,
    ours: 'no',
    theirs: undefined,
    why: 'the default, said',
  },
  { where: /^Config\.StopTimeout$/, ours: 10, theirs: undefined, why: 'the default, said' },
  {
    where: /^HostConfig\.ExtraHosts\.\d+$/,
    ours: 'host.docker.internal:host-gateway',
    theirs: undefined,
    why: 'this machine has a name on every engine, not on Docker Desktop alone',
  },
];
