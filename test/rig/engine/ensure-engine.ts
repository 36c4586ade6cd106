import { startPrivateEngine, stopPrivateEngine } from './private-engine.ts';
import { enginePaths } from './engine-paths.ts';
import { mayInstallEngine } from './install-packages.ts';
import { engineFolders } from './places.ts';
import { probeEngine } from './probe-engine.ts';
import type { EngineAnswer } from './probe-engine.ts';
import { ensureTestImages } from './test-images.ts';
import type { TestImages } from './test-images.ts';

export interface TestEngine extends EngineAnswer {
  /** `unix:///…`, as DOCKER_HOST and `--engine` take it. */
  url: string;
  socketPath: string;
  /** Whether it is the rig's private engine, on which a test may do what it likes. */
  own: boolean;
  images: TestImages;
  /** Lets go of it. A private engine stays up, so that the next run starts at once. */
  dispose(): Promise<void>;
}

/**
 * The engine that tests run on, with the rig's images built. In this order: the one that
 * DEVSERVICES_TEST_ENGINE names (`none`: null, callers skip by name), the rig's private one if it
 * runs, one that answers at DOCKER_HOST or the usual socket, a private one that is set up now.
 * Throws with how to go on where there is none and none can be set up.
 */
export async function ensureEngine(): Promise<TestEngine | null> {
  if (process.env['DEVSERVICES_TEST_ENGINE'] === 'none') return null;
  const { socketPath, own } = await findOrStart();
  const answer = await probeEngine(socketPath, 10_000);
  if (!answer) throw new Error(`The Docker engine at unix://${socketPath} went away.`);
  const images = await ensureTestImages(socketPath);
  const dispose = (): Promise<void> => Promise.resolve();
  return { url: `unix://${socketPath}`, socketPath, own, ...answer, images, dispose };
}

/** Ends the rig's private engine, and nothing else. False if it did not run. */
export function stopEngine(): Promise<boolean> {
  return stopPrivateEngine(engineFolders());
}

interface FoundEngine {
  socketPath: string;
  own: boolean;
}

async function findOrStart(): Promise<FoundEngine> {
  const folders = engineFolders();
  const privateSocket = enginePaths(folders).socket;
  const asked = process.env['DEVSERVICES_TEST_ENGINE'];
  if (asked)
    return { socketPath: await askedSocket(asked), own: asked === `unix://${privateSocket}` };
  if (await probeEngine(privateSocket)) return { socketPath: privateSocket, own: true };
  for (const socketPath of usualSockets()) {
    if (await probeEngine(socketPath)) return { socketPath, own: false };
  }
  if (!(await mayInstallEngine())) throw new Error(howToGoOn());
  await startPrivateEngine(folders);
  return { socketPath: privateSocket, own: true };
}

async function askedSocket(url: string): Promise<string> {
  const [, socketPath] = /^unix:\/\/(\/.+)$/.exec(url) ?? [];
  if (!socketPath) {
    throw new Error(
      `DEVSERVICES_TEST_ENGINE is ${url}; give unix:///path/to/docker.sock, or none.`,
    );
  }
  if (await probeEngine(socketPath)) return socketPath;
  throw new Error(`No Docker engine answers at DEVSERVICES_TEST_ENGINE=${url}.`);
}

function usualSockets(): string[] {
  const [, named] = /^unix:\/\/(\/.+)$/.exec(process.env['DOCKER_HOST'] ?? '') ?? [];
  return [...(named ? [named] : []), '/var/run/docker.sock'];
}

function howToGoOn(): string {
  return [
    `No Docker engine answers at ${usualSockets().join(' or ')}, and one of the rig's own can only`,
    'be set up by root on Debian. Start Docker, or name an engine with',
    'DEVSERVICES_TEST_ENGINE=unix:///path/to/docker.sock, or skip the tests that need one with',
    'DEVSERVICES_TEST_ENGINE=none.',
  ].join(' ');
}
