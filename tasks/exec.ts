import { defineTask, DevServicesError } from 'devservices';

export default defineTask(import.meta, {
  name: 'exec',
  description: 'Runs a command inside a service that runs',
  args: {
    service: { kind: 'positional', required: true, description: 'Where it runs' },
    user: { kind: 'option', value: 'USER', description: 'Who it runs as; default: as the service' },
    workdir: { kind: 'option', value: 'PATH', description: 'The folder inside in which it runs' },
    env: {
      kind: 'option',
      value: 'NAME=VALUE',
      many: true,
      description: 'Adds a variable to its environment',
    },
    noTty: { kind: 'flag', description: 'Gives it no terminal, also where there is one' },
    command: { kind: 'rest', required: true, description: 'The command, run without a shell' },
  },
  passesStatus: true,
  async run({ host, args, foreground }) {
    const exitCode = await host.exec({
      ...foreground.attach({ noTerminal: args.noTty }),
      service: args.service,
      command: args.command,
      environment: Object.fromEntries(args.env.map(splitVariable)),
      ...(args.user === undefined ? {} : { user: args.user }),
      ...(args.workdir === undefined ? {} : { workingDir: args.workdir }),
    });
    return { exitCode };
  },
});

function splitVariable(given: string): [name: string, value: string] {
  const at = given.indexOf('=');
  if (at > 0) return [given.slice(0, at), given.slice(at + 1)];
  throw new DevServicesError({
    code: 'DS_ARGUMENT_INVALID',
    blame: 'user',
    message: `--env takes NAME=VALUE, and was given "${given}".`,
    hint: 'Give --env NAME=VALUE.',
  });
}
