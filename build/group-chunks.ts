/** Packages that every run of a task needs. */
const vendors = /[\\/]node_modules[\\/](?:cosmiconfig|env-paths|tapable|zod)[\\/]/;

/**
 * Few files, since each costs a start: what every command line needs, listing and help included, and
 * what every task needs besides. A group takes along what its modules import. Whatever else is
 * imported on demand stays in chunks of its own.
 */
export const groupChunks = [
  { name: 'vendor', test: vendors, priority: 3 },
  { name: 'edge', test: /[\\/]core[\\/]cli[\\/](?:main|run-process|show-help)\.ts$/, priority: 2 },
  { name: 'kernel', test: /[\\/]core[\\/](?:cli[\\/]run-task|host)\.ts$/, priority: 1 },
];
