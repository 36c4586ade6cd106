import { runBeside, startBeside, enginesBeside } from './engines-beside.ts';
import type { EngineBeside } from './engines-beside.ts';
import { packPackage } from '../packed.ts';
import { ensureEngine, stopEngine } from './ensure-engine.ts';
import { enginePaths } from './engine-paths.ts';
import { engineFolders } from './places.ts';
import { probeEngine } from './probe-engine.ts';
import { say } from './say.ts';

const [name = '', beside = '', ...rest] = process.argv.slice(2);

const commands: Record<string, (engine?: EngineBeside) => Promise<number>> = {
  async up(engine) {
    const url = engine ? await startBeside(engine) : (await ensureEngine())?.url;
    process.stdout.write(`${url ?? 'none'}\n`);
    return 0;
  },
  async down(engine) {
    const wasUp = engine ? await engine.stop() : await stopEngine();
    process.stdout.write(wasUp ? 'stopped\n' : 'not running\n');
    return 0;
  },
  async status(engine) {
    const { socket, log } = engine ?? enginePaths(engineFolders());
    const answer = await probeEngine(socket);
    const state = answer ? `up, API ${answer.apiVersion}` : 'not running';
    process.stdout.write(`unix://${socket} ${state} (log: ${log})\n`);
    return answer ? 0 : 1;
  },
  // Where its published ports are, which is not on this machine's own loopback.
  async run(engine) {
    if (!engine || rest.length === 0) return usage();
    // There is no way out of there: what cases install has to be here before.
    await packPackage();
    return runBeside(engine, rest);
  },
};

const command = commands[name];
try {
  const isKnown = beside === '' || beside in enginesBeside;
  process.exitCode = command && isKnown ? await command(enginesBeside[beside]) : usage();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function usage(): number {
  const names = Object.keys(enginesBeside).join('|');
  process.stderr.write(
    `usage: tsx test/rig/engine/main.ts up|down|status [${names}]\n` +
      `       tsx test/rig/engine/main.ts run ${names} COMMAND…\n`,
  );
  return 2;
}
