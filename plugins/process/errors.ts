import { defineErrors, entry } from 'devservices/machine';

/** Everything that plugins/process can throw. */
export const processErrors = defineErrors({
  DS_PROCESS_NOT_FOUND: entry<{
    service: string;
    program: string;
    looked: readonly string[];
    install?: string;
    shellStatus: 127;
  }>({
    blame: 'environment',
    title: 'The program of a service is not on this machine',
    message: ({ service, program, looked }) =>
      looked.length === 0
        ? `${service} runs ${program}, which is not there.`
        : `${service} runs ${program}, which is in none of these folders: ${looked.join(', ')}.`,
    hint: ({ service, program, install }) =>
      install === undefined
        ? `Install ${program}, or correct services.${service}.run.command.`
        : `The repo's packages are not installed: run \`${install}\`, or install ${program} by itself.`,
  }),
  DS_PROCESS_NOT_EXECUTABLE: entry<{ service: string; path: string; shellStatus: 126 }>({
    blame: 'environment',
    title: 'The program of a service is not executable',
    message: ({ service, path }) => `${service} runs ${path}, which is not executable.`,
    hint: ({ path }) => `Run \`chmod +x ${path}\`, or name the program that runs it.`,
  }),
  DS_PROCESS_CWD_MISSING: entry<{ service: string; cwd: string; problem: string }>({
    blame: 'user',
    title: 'The folder that a service runs in is not there',
    message: ({ service, cwd, problem }) => `${service} runs in ${cwd}: ${problem}.`,
    hint: ({ service }) => `Make that folder, or correct services.${service}.run.cwd.`,
  }),
  DS_PROCESS_START_FAILED: entry<{ service: string; program: string; reason: string }>({
    blame: 'environment',
    title: 'A process could not be started',
    message: ({ service, program, reason }) =>
      `${program} of ${service} could not be started: ${reason}.`,
    hint: () => 'Start it by hand to see more.',
  }),
  DS_PROCESS_BEFORE_FAILED: entry<{
    service: string;
    program: string;
    exitCode: number;
    log: string;
  }>({
    blame: 'outcome',
    title: 'What has to run before a service failed',
    message: ({ service, program, exitCode }) =>
      `${program} has to run before ${service}, and ended with exit code ${exitCode}.`,
    hint: ({ log }) => `Its output is in ${log}.`,
  }),
  DS_PROCESS_SIGNAL_UNKNOWN: entry<{ service: string; signal: string; suggestion: string }>({
    blame: 'user',
    title: 'A signal is not known on this machine',
    message: ({ service, signal }) =>
      `${service} is to be stopped by ${signal}, which is no signal.`,
    hint: ({ service, suggestion }) =>
      `Write ${suggestion} for services.${service}.run.stopSignal.`,
  }),
  DS_PROCESS_LIVES_ON: entry<{ service: string; pids: readonly number[] }>({
    blame: 'environment',
    title: 'A process could not be ended',
    message: ({ service, pids }) =>
      `SIGKILL did not end ${pids.length === 1 ? 'process' : 'processes'} ${pids.join(', ')} of ${service}.`,
    hint: () => 'See whose they are and what they wait for, by `ps -o pid,user,stat,wchan,args`.',
  }),
  DS_PROCESS_PORT_HELD: entry<{ service: string; port: number; holder: string }>({
    blame: 'environment',
    title: 'A port of a service that ended is still held',
    message: ({ service, port, holder }) =>
      `${service} has ended, but the socket of its port ${port} is still held by ${holder}.`,
    hint: ({ holder }) => `End ${holder}: it got the socket from the service.`,
  }),
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
  DS_PROCESS_START_CANCELLED: entry<{ service: string }>({
    blame: 'outcome',
    title: 'A process was stopped while it was started',
    message: ({ service }) => `Somebody stopped service "${service}" while it was being started.`,
    hint: () => 'Run `devservices up` again.',
  }),
  DS_PROCESS_GONE: entry<{ service: string }>({
    blame: 'outcome',
    title: 'A process service was removed meanwhile',
    message: ({ service }) => `Service "${service}" was removed by somebody else meanwhile.`,
    hint: () => 'Run `devservices up` again.',
  }),
  DS_PROCESS_LOG_UNREADABLE: entry<{ path: string; reason: string }>({
    blame: 'environment',
    title: 'The log of a process cannot be read',
    message: ({ path, reason }) => `The log ${path} cannot be read: ${reason}.`,
    hint: () => 'Check permissions there.',
  }),
  DS_PROCESS_LOG_NOT_ROTATED: entry<{ path: string; reason: string }>({
    blame: 'environment',
    title: 'The log of a process cannot be rotated',
    message: ({ path, reason }) =>
      `The log ${path} cannot be rotated: ${reason}. Nothing of it is lost; it grows until it can.`,
    hint: () => 'Free space there: it is tried again.',
  }),
  DS_PROCESS_LOG_TIMES_LOST: entry<{ path: string; reason: string }>({
    blame: 'environment',
    title: 'The times of a log cannot be kept',
    message: ({ path, reason }) =>
      `When lines of the log ${path} were written cannot be kept: ${reason}.`,
    hint: () => 'Free space there: it is tried again. The lines themselves are not concerned.',
  }),
  DS_PROCESS_USER_MISSING: entry<{ names: readonly string[] }>({
    blame: 'environment',
    title: 'There is no unprivileged user',
    message: ({ names }) =>
      `A program that refuses to run as root would run as ${names.join(' or ')}, and this machine has no such user.`,
    hint: () =>
      'Make one (`useradd --system postgres`), or run devservices as another user than root.',
  }),
  DS_PROCESS_FOLDER_FOREIGN: entry<{ path: string; what: string }>({
    blame: 'environment',
    title: 'A folder with data is not as it was left',
    message: ({ path, what }) => `${path} is ${what}; it was left as it is.`,
    hint: () => 'Look at what is there, and move it away if it is nothing that you need.',
  }),
  DS_PROCESS_FIELD_INVALID: entry<{ service: string; field: string; problem: string }>({
    blame: 'user',
    title: 'A field of a process cannot be used',
    message: ({ service, field, problem }) => `${field} of the service ${service} ${problem}.`,
    hint: ({ service, field }) => `Correct ${field} of services.${service}.run.`,
  }),
  DS_PROCESS_PLATFORM: entry<{ platform: string }>({
    blame: 'environment',
    title: 'Processes cannot be looked after on this system',
    message: ({ platform }) =>
      `Services that are processes need Linux or macOS; this is ${platform}.`,
    hint: () => 'Run devservices inside WSL, or give the service a run in a container.',
  }),
  DS_PROCESS_PROGRAM_MISSING: entry<{ service: string; module: string; reason: string }>({
    blame: 'user',
    title: 'The module of a program cannot be used',
    message: ({ service, module, reason }) =>
      `${service} runs the program of ${module}, which cannot be used: ${reason}.`,
    hint: ({ service, module }) =>
      `Install ${module}, or correct services.${service}.run.program.module.`,
  }),
  DS_PROCESS_USER_REFUSED: entry<{ service: string; user: string; shellStatus: 126 }>({
    blame: 'user',
    title: 'A command beside a process runs as whoever started it',
    message: ({ service, user }) =>
      `A command of ${service} cannot run as ${user}: the service is a process of this machine.`,
    hint: ({ user }) => `Leave out --user, or run the command by \`sudo -u ${user}\`.`,
  }),
  DS_PROCESS_RELAY_TAKEN: entry<{ service: string; port: number; at: string; holder: string }>({
    blame: 'environment',
    title: 'Containers would reach somebody else than a process',
    message: ({ service, port, at, holder }) =>
      `Containers are to reach ${service} at ${at}:${port}, where ${holder} listens.`,
    hint: ({ service, holder }) => `End ${holder}, or give ${service} another port.`,
  }),
  DS_PROCESS_RELAY_ADDRESS: entry<{ service: string; port: number; at: string }>({
    blame: 'environment',
    title: 'The address at which containers reach a process is not there',
    message: ({ service, port, at }) =>
      `Containers are to reach ${service} at ${at}:${port}; this machine has no address ${at} any more.`,
    hint: () => 'Run `devservices up` again: it makes a network that was removed anew.',
  }),
  DS_PROCESS_RELAY_FAILED: entry<{ service: string; port: number; at: string; reason: string }>({
    blame: 'environment',
    title: 'A process cannot be made reachable for containers',
    message: ({ service, port, at, reason }) =>
      `Containers are to reach ${service} at ${at}:${port}, which this machine refuses: ${reason}.`,
    hint: ({ service }) =>
      `Let ${service} listen at an address that containers reach, or take a port above 1023.`,
  }),
  DS_PROCESS_RELAY_UDP: entry<{ service: string; port: number }>({
    blame: 'user',
    title: 'A UDP port on loopback is out of reach for containers',
    message: ({ service, port }) =>
      `${service} has the UDP port ${port} on loopback only; for containers only TCP is passed on.`,
    hint: ({ service }) => `Let ${service} listen for UDP on 0.0.0.0.`,
  }),
});
