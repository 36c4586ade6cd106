import { defineErrors, entry } from '../error.ts';

export const stateErrors = defineErrors({
  DS_STATE_FOREIGN: entry<{ path: string; what: string }>({
    blame: 'environment',
    title: 'A folder for state belongs to somebody else',
    message: ({ path, what }) => `${path} is ${what}, so devservices keeps nothing in it.`,
    hint: ({ path }) =>
      `Make ${path} yours or remove it, or choose another place by XDG_STATE_HOME or XDG_RUNTIME_DIR.`,
  }),
  DS_STATE_UNREADABLE: entry<{ path: string; reason: string }>({
    blame: 'environment',
    title: 'A file or folder cannot be read',
    message: ({ path, reason }) => `${path} cannot be read: ${reason}.`,
    hint: ({ path }) => `Check that ${path} exists and that you may read it.`,
  }),
  DS_STATE_UNWRITABLE: entry<{ path: string; reason: string }>({
    blame: 'environment',
    title: 'State cannot be written',
    message: ({ path, reason }) => `${path} cannot be written: ${reason}.`,
    hint: () => 'Check free space and permissions there.',
  }),
  DS_STATE_CORRUPT: entry<{ path: string }>({
    blame: 'environment',
    title: 'A file of state is damaged',
    message: ({ path }) => `${path} is not what devservices wrote there.`,
    hint: ({ path }) => `Remove ${path}; what it remembered is asked or chosen again.`,
  }),
  DS_STATE_NEWER: entry<{ path: string }>({
    blame: 'environment',
    title: 'State was written by a newer devservices',
    message: ({ path }) =>
      `${path} was written by a newer devservices, which this one cannot read.`,
    hint: () => 'Update devservices in this checkout.',
  }),
  DS_STATE_BUSY: entry<{ path: string; pid: number }>({
    blame: 'environment',
    title: 'State stays locked',
    message: ({ path, pid }) =>
      `${path} has been locked by process ${pid} for longer than any change takes.`,
    hint: ({ pid }) => `See what process ${pid} does, and end it if it hangs.`,
  }),
  DS_PROJECT_INVALID: entry<{ name: string; suggestion: string }>({
    blame: 'user',
    title: 'A project cannot have this name',
    message: ({ name }) =>
      `"${name}" cannot be a project's name: it takes 1 to 40 of a-z, 0-9, "_" and "-", beginning with a letter or digit.`,
    hint: ({ suggestion }) => `Use "${suggestion}".`,
  }),
  DS_PORT_NONE_FREE: entry<{ service: string; port: string }>({
    blame: 'environment',
    title: 'No free port',
    message: ({ service, port }) =>
      `No free port of this machine was found for port "${port}" of service "${service}".`,
    hint: ({ port }) => `End what holds them, or give "${port}" another host port.`,
  }),
});
