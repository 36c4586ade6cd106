/**
 * Packages whose code goes into the bundle: importing them from their own folders costs more than the
 * parts of them that are used. All others stay dependencies, imported when something needs them.
 */
export const bundledPackages = [
  'cosmiconfig',
  'dockerode',
  'hot-shots',
  'kysely',
  'tapable',
  'tinyglobby',
  'zod',
] as const;

/** Runs tasks by hand, and is imported by nobody. */
export const toolPackages = ['tsx'] as const;

/** Of bundled packages, what no path of ours reaches; whoever does reach it is told. */
export const leftOut: Readonly<Record<string, string>> = {
  // ssh engines go through the system's own ssh.
  ssh2: 'docker-modem',
  // BuildKit sessions: building is the docker CLI's.
  '@grpc/grpc-js': 'dockerode',
  '@grpc/proto-loader': 'dockerode',
  protobufjs: 'dockerode',
  // Sockets of the file system, which it has compiled when it is installed.
  'unix-dgram': 'hot-shots',
  // Loaders of cosmiconfig, for each of which there is one of our own.
  'import-fresh': 'cosmiconfig',
  'js-yaml': 'cosmiconfig',
  'parse-json': 'cosmiconfig',
  typescript: 'cosmiconfig',
};
