import { createServer, type AddressInfo } from 'node:net';

type Ports<Count extends number, List extends number[] = []> = List['length'] extends Count
  ? List
  : Ports<Count, [...List, number]>;

/** Ports of this machine that were free a moment ago, each another. */
export async function freePorts<Count extends number>(count: Count): Promise<Ports<Count>> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports as Ports<Count>;
}
