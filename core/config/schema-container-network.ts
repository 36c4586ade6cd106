import * as z from 'zod';
import {
  field,
  hostLines,
  ipAddress,
  text,
  textLike,
  textOrTexts,
  texts,
  wholeNumber,
} from './schema-values.ts';

const mac = textLike(
  /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i,
  'a MAC address such as 02:42:ac:11:65:43',
);
const address = ipAddress('an IP address');

/** A container's place on one network. */
export const networkAttachment = z.strictObject({
  aliases: field(texts, 'Further names of the container on this network.'),
  ipv4Address: field(
    ipAddress('an IPv4 address', 4),
    "Its address there, of a subnet that the network's maker chose.",
    "the engine's choice",
  ),
  ipv6Address: field(ipAddress('an IPv6 address', 6), 'The same for IPv6.', "the engine's choice"),
  linkLocalIps: field(z.array(address), 'Further link-local addresses.'),
  macAddress: field(mac, 'MAC address of its interface there.', "the engine's choice"),
  priority: field(
    wholeNumber(-1e6, 1e6, 'a whole number'),
    'Networks with a higher one are connected first.',
    '0',
  ),
});

const addresses = z.union([text, texts]);

/** The fields of a container that are about networks. */
export const networkFields = {
  hostname: field(text, 'Name of the container inside of itself.'),
  domainname: field(text, 'Domain of that name.'),
  macAddress: field(mac, "MAC address on the project's network.", "the engine's choice"),
  aliases: field(z.array(text), "Further names on the project's network."),
  networks: field(
    z.union([
      texts,
      z.record(text, z.union([networkAttachment, z.null()])).meta({ type: 'a record of networks' }),
    ]),
    "Further networks besides the project's own (which is `default`); each must be there already and is left as it is. A list, or a record, see Network.",
  ),
  networkMode: field(
    textLike(
      /^(?:host|none|bridge|service:[a-z0-9][a-z0-9_-]*|container:[A-Za-z0-9][A-Za-z0-9_.-]*)$/,
      "one of 'host', 'none', 'bridge', 'service:NAME' and 'container:NAME'",
    ),
    "Instead of the project's network. With `host` a port is the container's own; with `service:NAME` that service comes first and publishes the ports.",
  ),
  extraHosts: field(
    z.union([hostLines, z.record(text, addresses).meta({ type: 'a record of addresses' })]),
    'Further names in /etc/hosts: `name:address` lines, or a record of addresses.',
    '`host.docker.internal` is this machine',
  ),
  dns: field(textOrTexts, 'Servers that it asks for names.', "the engine's"),
  dnsSearch: field(textOrTexts, 'Domains in which names are looked for.', "the engine's"),
  dnsOpt: field(texts, 'Options of /etc/resolv.conf.'),
  expose: field(
    z.array(
      z
        .custom<string | number>((value) =>
          /^\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/.test(String(value)),
        )
        .meta({ type: "a port such as 3000, '8000-8005' or '53/udp'" }),
    ),
    'Ports that are noted as open to other containers; nothing is published.',
  ),
};
