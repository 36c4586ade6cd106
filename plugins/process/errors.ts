import { defineErrors, entry } from 'devservices/machine';

/** Everything that plugins/process can throw. */
export const processErrors = defineErrors({
  DS_PROCESS_SUPERVISOR_FAILED: entry<{ end: string; log: readonly string[] }>({
    blame: 'environment',
    title: 'The supervisor of processes did not start',
    message: ({ end, log }) =>
      [`The supervisor of this checkout's processes ${end}.`]
        .concat(log.map((line) => `  ${line}`))
        .join('\n'),
    hint: () => 'See what it says there, and try again.',
  }),
  DS_PROCESS_SUPERVISOR_LOST: entry<{ reason: string }>({
    blame: 'environment',
    title: 'The supervisor of processes went away',
    message: ({ reason }) =>
      `The supervisor of this checkout's processes went away: ${reason}. Its processes run on.`,
    hint: () => 'Run `devservices up`: it starts a new one, which looks after them.',
  }),
  DS_PROCESS_SUPERVISOR_NEWER: entry<{ pid: number }>({
    blame: 'environment',
    title: 'The supervisor of processes is newer',
    message: ({ pid }) =>
      `The supervisor of this checkout's processes (process ${pid}) was started by a newer devservices, which this one cannot talk to.`,
    hint: () => 'Update devservices in this checkout.',
  }),
  DS_PROCESS_SUPERVISOR_REFUSED: entry<{ reason: string }>({
    blame: 'bug',
    title: 'The supervisor of processes refused a request',
    message: ({ reason }) => `The supervisor of this checkout's processes answered: ${reason}.`,
    hint: () =>
      'Run it again with --verbose and report what it prints: this is a defect of devservices.',
  }),
  DS_PROCESS_SOCKET_TOO_LONG: entry<{ path: string; bytes: number; longest: number }>({
    blame: 'environment',
    title: 'The path of a socket is too long',
    message: ({ path, bytes, longest }) =>
      `The supervisor's socket would be ${path}: ${bytes} bytes, and this system takes ${longest}.`,
    hint: () => 'Choose a shorter folder by XDG_RUNTIME_DIR, or by TMPDIR where that is not set.',
  }),
  DS_PROCESS_GONE: entry<{ service: string }>({
    blame: 'outcome',
    title: 'A process service was removed meanwhile',
    message: ({ service }) => `Service "${service}" was removed by somebody else meanwhile.`,
    hint: () => 'Run `devservices up` again.',
  }),
});
