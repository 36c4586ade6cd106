import { serviceErrors } from './errors/catalogue/service.ts';
import type { Address } from './run/runner.ts';
import type { AddressBook } from './run/run.ts';

/** Where one port is reached, and on which port of this machine it is published. */
export type BookedPort = Address & { published: number };

/** An address book over one service's ports, and its dependencies' as `SERVICE.PORT`, seen from one viewpoint. */
export function createAddressBook(
  service: string,
  ports: Readonly<Record<string, BookedPort>>,
): AddressBook {
  const find = (port: string): BookedPort => {
    const found = Object.hasOwn(ports, port) ? ports[port] : undefined;
    if (found) return found;
    throw serviceErrors.create('DS_PORT_UNKNOWN', { service, port, known: Object.keys(ports) });
  };
  return {
    address: (port) => formatAddress(find(port)),
    host: (port) => find(port).host,
    port: (port) => find(port).port,
    published: (port) => find(port).published,
  };
}

/** `host:port`, with brackets round an IPv6 host (RFC 3986, section 3.2.2). */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

const template = /\{(host|port|address|published)(?:\.([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)?))?\}/g;

/** The ports that a text's templates name: `sql`, and of a dependency `relay.http`. */
export function portsNamed(text: string): string[] {
  return [...text.matchAll(template)].flatMap(([, , name]) => name ?? []);
}

/**
 * Fills `{host}`, `{port.NAME}`, `{address.NAME}` and `{published.NAME}`, where NAME may be a dependency's
 * `SERVICE.PORT` if the book has it; every other brace is left as it is, so that JSON in a variable
 * survives. `{host}` is the host of the service's first port.
 */
export function resolveTemplate(
  text: string,
  book: AddressBook,
  firstPort: string | undefined,
): string {
  return text.replaceAll(template, (whole, what, name) => {
    if (what === 'host') {
      const port = name ?? firstPort;
      return port === undefined ? whole : book.host(port);
    }
    if (name === undefined) return whole;
    if (what === 'address') return book.address(name);
    return String(what === 'port' ? book.port(name) : book.published(name));
  });
}
