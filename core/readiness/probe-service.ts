import { reasonOf } from '../errors/as-error.ts';
import type { Address, Instance, PortBinding, Runner } from '../run/runner.ts';
import type { Attempt, Probe } from './wait-ready.ts';

/** One running service, as probes see it. */
export interface Probed {
  runner: Pick<Runner, 'listens' | 'probeAddress' | 'exec'>;
  instance: Instance;
  ports: readonly PortBinding[];
}

/** Makes one attempt of one probe; what goes wrong on the way is its answer. */
export async function probeService(
  probed: Probed,
  probe: Probe,
  signal: AbortSignal,
): Promise<Attempt> {
  const { runner, instance, ports } = probed;
  switch (probe.kind) {
    case 'port': {
      // Nothing can be heard of a UDP port: only TCP ports can say that they are ready.
      const wanted = ports.filter(({ name, protocol }) =>
        probe.port === undefined ? protocol === 'tcp' : name === probe.port,
      );
      const closed = await Promise.all(
        wanted.map(async (port) => ((await runner.listens(instance, port, signal)) ? [] : [port])),
      );
      const [first] = closed.flat();
      if (!first) return { ok: true };
      return {
        ok: false,
        text: `nothing listens on port ${first.container} (${first.name}) inside`,
      };
    }
    case 'http': {
      const port = ports.find(({ name, protocol }) =>
        probe.port === undefined ? protocol === 'tcp' : name === probe.port,
      );
      if (!port) return { ok: false, text: 'the service has no such port' };
      return getOnce(await runner.probeAddress(instance, port, signal), probe, signal);
    }
    case 'command': {
      const { exitCode, output } = await runner.exec(instance, probe.command, signal);
      const [program = ''] = probe.command;
      const said = output.trim().split('\n').slice(-3).join(' | ');
      if (exitCode !== 0) {
        return { ok: false, text: `${program} exited with ${exitCode}${said ? `: ${said}` : ''}` };
      }
      const { pattern, flags } = probe;
      if (pattern === undefined || new RegExp(pattern, flags).test(output.trim()))
        return { ok: true };
      return { ok: false, text: `${program} said ${said || 'nothing'}, not /${pattern}/` };
    }
    default:
      return probe satisfies never;
  }
}

function getOnce(
  { host, port }: Address,
  { path, status }: Extract<Probe, { kind: 'http' }>,
  signal: AbortSignal,
): Promise<Attempt> {
  // Not imported above: most runs probe nothing by HTTP, and it costs every start.
  const { request } = process.getBuiltinModule('node:http');
  const accepted = status === undefined ? undefined : [status].flat();
  return new Promise((resolve) => {
    // A connection of its own each time: a kept one could outlive the server that is asked about.
    const call = request({ host, port, path, signal, agent: false }, (response) => {
      // The status is all that is asked for; a body may have no end.
      response.destroy();
      const code = response.statusCode ?? 0;
      const ok = accepted ? accepted.includes(code) : code >= 200 && code < 400;
      resolve(ok ? { ok } : { ok, text: `GET ${path} answered ${code}` });
    });
    call.on('error', (error) => resolve({ ok: false, text: `GET ${path}: ${reasonOf(error)}` }));
    call.end();
  });
}
