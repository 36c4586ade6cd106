import { ensureEngine, stopEngine } from './ensure-engine.ts';
import { enginePaths } from './engine-paths.ts';
import { engineFolders } from './places.ts';
import { probeEngine } from './probe-engine.ts';
import { say } from './say.ts';

const commands: Record<string, () => Promise<number>> = {
  async up() {
    const engine = await ensureEngine();
    process.stdout.write(`${engine?.url ?? 'none'}\n`);
    return 0;
  },
  async down() {
    process.stdout.write((await stopEngine()) ? 'stopped\n' : 'not running\n');
    return 0;
  },
  async status() {
    const { socket, log } = enginePaths(engineFolders());
    const answer = await probeEngine(socket);
    const state = answer ? `up, API ${answer.apiVersion}` : 'not running';
    process.stdout.write(`unix://${socket} ${state} (log: ${log})\n`);
    return answer ? 0 : 1;
  },
};

const command = commands[process.argv[2] ?? ''];
try {
  process.exitCode = command ? await command() : usage();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

function usage(): number {
  process.stderr.write('usage: tsx test/rig/engine/main.ts up|down|status\n');
  return 2;
}
