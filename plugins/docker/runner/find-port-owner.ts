import type { Engine } from '../engine/engine.ts';

/** The name of the running container that publishes a port of this machine, if one does. */
export async function findPortOwner(
  engine: Engine,
  port: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const running = await engine.list({ status: ['running', 'paused'] }, signal);
  const owner = running.find(({ Ports }) => Ports?.some(({ PublicPort }) => PublicPort === port));
  return owner?.Names?.[0]?.replace(/^\//, '');
}
