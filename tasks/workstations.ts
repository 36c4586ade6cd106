import { type Contracts, defineTask } from 'devservices';
import { agree, formatDuration, plainText } from 'devservices/machine';

type Session = Awaited<ReturnType<Contracts['workstations']['open']>>;
type Configs = Awaited<ReturnType<Session['configs']>>;
type Listed = Awaited<ReturnType<Session['list']>>;
type Connection = Awaited<ReturnType<Session['connect']>>;
type TunnelReports = Awaited<ReturnType<Contracts['workstations']['tunnels']['list']>>;
type Log = { info(text: string): void };

const provider = {
  kind: 'option',
  value: 'NAME',
  choices: ['docker', 'gcloud'],
  description: 'Who has the machines; default: gcloud where a cloud project is named, else docker',
} as const;
const cloudProject = {
  kind: 'option',
  value: 'ID',
  description: 'Project of Google Cloud; default: $DEVSERVICES_WORKSTATION_PROJECT',
} as const;
const region = { kind: 'option', value: 'NAME', description: 'Only there' } as const;
const cluster = { kind: 'option', value: 'NAME', description: 'Only in this cluster' } as const;
const workstationConfig = {
  kind: 'option',
  value: 'NAME',
  description: 'What they are made from; default: $DEVSERVICES_WORKSTATION_CONFIG',
} as const;
const scope = { provider, cloudProject, region, cluster, workstationConfig } as const;
const name = { kind: 'positional', required: true, description: 'Which one' } as const;
const waitTimeout = {
  kind: 'option',
  value: 'SECONDS',
  number: true,
  description: 'How long all of it may take; default: 1200',
} as const;

export default defineTask(import.meta, {
  name: 'workstations',
  description: 'Bigger machines: made, connected to, stopped',
  commands: {
    configs: {
      description: 'Shows what workstations can be made from',
      args: { provider, cloudProject, region, cluster },
      async run({ args, signal, use }) {
        const session = await (await use('workstations')).open(args);
        return { configs: await session.configs(signal) };
      },
      render({ configs }: { configs: Configs }, style) {
        if (configs.length === 0) return 'There are no configurations.';
        return style.table(
          configs.map((one) => [
            style.bold(plainText(one.name)),
            plainText([one.region, one.cluster].filter(Boolean).join(' ')),
            plainText(one.machineType ?? one.image ?? ''),
            one.idleTimeoutMs === undefined
              ? ''
              : `stops when idle for ${formatDuration(one.idleTimeoutMs)}`,
            one.problem === undefined ? '' : style.yellow(plainText(one.problem)),
          ]),
        );
      },
    },
    list: {
      description: 'Shows the workstations',
      args: scope,
      async run({ args, signal, use }) {
        const session = await (await use('workstations')).open(args);
        return { workstations: await session.list(signal) };
      },
      render({ workstations }: { workstations: Listed }, style) {
        if (workstations.length === 0) return 'There are no workstations.';
        return style.table(workstations.map((one) => row(one, style)));
      },
    },
    status: {
      description: 'Shows how one stands, and how it is reached',
      args: { name, ...scope },
      async run({ args: { name: which, ...flags }, signal, use }) {
        const workstations = await use('workstations');
        const workstation = await (await workstations.open(flags)).status(which, signal);
        const tunnels = (await workstations.tunnels.list()).filter(
          (one) => one.name === which && one.provider === workstation.provider,
        );
        return { workstation, tunnels };
      },
      render(found: { workstation: Listed[number]; tunnels: TunnelReports }, style) {
        const rows = [
          row(found.workstation, style),
          ...found.tunnels.map((one) => line(one, style)),
        ];
        return rows.map((cells) => style.table([cells])).join('\n');
      },
    },
    create: {
      description: 'Makes one, saying what, and connects to it; one that is there is connected to',
      args: { name, ...scope, waitTimeout },
      async run({ args: { name: which, waitTimeout: seconds, ...flags }, log, signal, use }) {
        const session = await (await use('workstations')).open(flags);
        const created = await session.create(which, { signal, timeoutMs: toMs(seconds) });
        tell(created, log);
        return created;
      },
    },
    connect: {
      description: 'Starts it where it is stopped, and has a port of this machine lead to its ssh',
      args: { name, ...scope, waitTimeout },
      async run({ args: { name: which, waitTimeout: seconds, ...flags }, log, signal, use }) {
        const session = await (await use('workstations')).open(flags);
        const connection = await session.connect(which, { signal, timeoutMs: toMs(seconds) });
        tell(connection, log);
        return connection;
      },
    },
    start: {
      description: 'Starts it, and waits until it runs',
      args: { name, ...scope, waitTimeout },
      async run({ args: { name: which, waitTimeout: seconds, ...flags }, log, signal, use }) {
        const session = await (await use('workstations')).open(flags);
        const workstation = await session.start(which, { signal, timeoutMs: toMs(seconds) });
        log.info(`${workstation.name} is running.`);
        return { workstation };
      },
    },
    stop: {
      description: 'Stops it and ends its tunnels; what it holds stays',
      args: { name, ...scope, waitTimeout },
      async run({ args: { name: which, waitTimeout: seconds, ...flags }, log, signal, use }) {
        const session = await (await use('workstations')).open(flags);
        const workstation = await session.stop(which, { signal, timeoutMs: toMs(seconds) });
        log.info(`${workstation.name} is stopped.`);
        return { workstation };
      },
    },
    delete: {
      description: 'Removes it and what it holds; asks first, naming what is lost',
      args: { name, ...scope, waitTimeout, yes: { kind: 'flag', description: 'Does not ask' } },
      async run({ args: { name: which, waitTimeout: seconds, yes, ...flags }, log, signal, use }) {
        const session = await (await use('workstations')).open(flags);
        const losses = await session.losses(which, signal);
        if (losses.length > 0) {
          log.info(`With ${which} goes for good:`);
          for (const loss of losses) log.info(`  ${loss}`);
          const question = `Delete ${which}?`;
          await agree({ task: 'workstations delete', question, isAgreed: yes, signal });
        }
        const { wasThere } = await session.delete(which, { signal, timeoutMs: toMs(seconds) });
        log.info(wasThere ? `${which} is deleted.` : `There is no ${which}.`);
        return { name: which, wasThere, lost: losses };
      },
    },
    ssh: {
      description: 'Connects, and opens a shell there, or runs a command',
      args: {
        name,
        ...scope,
        waitTimeout,
        command: {
          kind: 'rest',
          description: 'One word is a line of its shell; several are a command',
        },
      },
      passesStatus: true,
      async run({ args, foreground, signal, use }) {
        const { name: which, waitTimeout: seconds, command, ...flags } = args;
        const session = await (await use('workstations')).open(flags);
        const { ssh } = await session.connect(which, { signal, timeoutMs: toMs(seconds) });
        const there = command.length > 1 ? command.map(quote) : command;
        const words = ['ssh', '-F', ssh.configFile, '--', ssh.host, ...there];
        return { exitCode: await foreground.run(words) };
      },
    },
    'tunnels list': {
      description: 'Shows the ports of this machine that lead to workstations',
      run: async ({ use }) => ({ tunnels: await (await use('workstations')).tunnels.list() }),
      render({ tunnels }: { tunnels: TunnelReports }, style) {
        if (tunnels.length === 0) return 'There are no tunnels.';
        return style.table(tunnels.map((one) => line(one, style)));
      },
    },
    'tunnels stop': {
      description: 'Ends tunnels; without a name, all of them',
      args: {
        names: { kind: 'positional', many: true, description: 'Workstations, or ids of tunnels' },
      },
      async run({ args, log, signal, use }) {
        const stopped = await (await use('workstations')).tunnels.stop(args.names, signal);
        for (const one of stopped) log.info(`127.0.0.1:${one.port} leads to ${one.name} no more.`);
        if (stopped.length === 0) log.info('There are no tunnels.');
        return { stopped };
      },
    },
  },
});

type Style = Parameters<NonNullable<Parameters<typeof defineTask>[1]['render']>>[1];

function row(one: Listed[number], style: Style): string[] {
  const { config, region: where, cluster: group } = one.scope;
  const shown = one.state === 'unknown' ? one.providerState : one.state;
  return [
    style.bold(plainText(one.name)),
    one.state === 'running' ? style.green(shown) : style.yellow(plainText(shown)),
    plainText(config),
    plainText([where, group].filter(Boolean).join(' ')),
    style.dim(one.provider),
  ];
}

function line(one: TunnelReports[number], style: Style): string[] {
  return [
    style.bold(plainText(one.name)),
    one.state === 'open' ? style.green('open') : style.red('dead'),
    `${one.host}:${one.port} → ${one.remotePort}`,
    `since ${one.since}`,
    style.dim(`id:${one.id}`),
  ];
}

function tell({ workstation, ssh }: Connection, log: Log): void {
  log.info(`${workstation.name} is ready: \`${ssh.command}\``);
  log.info(`For \`ssh ${ssh.host}\` and editors, at the top of ~/.ssh/config:`);
  log.info(`  Include ${ssh.configFile}`);
  log.info('which has:');
  for (const text of ssh.config.trimEnd().split('\n')) log.info(`  ${text}`);
  log.info(`VS Code: ${ssh.vscode}`);
  log.info(`JetBrains: ${ssh.jetbrains}`);
  log.info(`It ends by \`devservices workstations tunnels stop ${workstation.name}\`.`);
}

const toMs = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : seconds * 1000;

// ssh joins its words with spaces for the shell of the other side: quoted, each arrives as it was typed.
const quote = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
