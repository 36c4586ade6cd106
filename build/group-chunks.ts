/** Packages that every run of a task needs. */
const vendors = /[\\/]node_modules[\\/](?:cosmiconfig|env-paths|tapable|zod)[\\/]/;

/** Where the command line begins, listing and help included. */
const edge = /[\\/]core[\\/]cli[\\/](?:main|run-process|show-help)\.ts$/;

/** Where running a task begins, and what configurations and plugins import by our name. */
const kernel = /[\\/]core[\\/](?:index|runner|host|machine|cli[\\/]run-task)\.ts$/;

/** The store as a file, from the question to its answer, and what asks for users. */
const storeFile =
  /[\\/]node_modules[\\/]kysely[\\/]|[\\/]plugins[\\/]store[\\/](?:database|migrate|errors|sqlite[\\/][\w-]+)\.ts$/;
const users =
  /[\\/]plugins[\\/]permissions[\\/](?:(?!index|options)[\w-]+|store-directory[\\/][\w-]+)\.ts$/;

/**
 * Few files, since each costs a start: what every command line needs, and what every task needs
 * besides. A group takes along what its modules import; what is imported on demand stays in chunks of
 * its own.
 */
export const groupChunks = [
  { name: 'vendor', test: vendors, priority: 3 },
  { name: 'edge', test: edge, priority: 2 },
  { name: 'kernel', test: kernel, priority: 1 },
  { name: 'store-file', test: storeFile, priority: 1 },
  { name: 'users', test: users, priority: 1 },
];
