import { serviceErrors } from './errors/catalogue/service.ts';
import type { Address } from './run/runner.ts';
import type { AddressBook } from './run/run.ts';

/** An address book over one service's ports, as seen from one viewpoint. */
export function createAddressBook(
  service: string,
  addresses: Readonly<Record<string, Address>>,
): AddressBook {
  const find = (port: string): Address => {
    const address = Object.hasOwn(addresses, port) ? addresses[port] : undefined;
    if (!address) {
      throw serviceErrors.create('DS_PORT_UNKNOWN', {
        service,
        port,
        known: Object.keys(addresses),
      });
    }
    return address;
  };
  return {
    address: (port) => formatAddress(find(port)),
    host: (port) => find(port).host,
    port: (port) => find(port).port,
  };
}

/** `host:port`, with brackets round an IPv6 host (RFC 3986, section 3.2.2). */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Fills `{host}`, `{port.NAME}` and `{address.NAME}`; every other brace is left as it is, so that
 * JSON in a variable survives. `{host}` is the host of the service's first port.
 */
export function resolveTemplate(
  text: string,
  book: AddressBook,
  firstPort: string | undefined,
): string {
  return text.replaceAll(/\{(host|port|address)(?:\.([A-Za-z0-9_-]+))?\}/g, (whole, what, name) => {
    if (what === 'host') {
      const port = name ?? firstPort;
      return port === undefined ? whole : book.host(port);
    }
    if (name === undefined) return whole;
    return what === 'port' ? String(book.port(name)) : book.address(name);
  });
}
