import type { Row } from './row.ts';

const noMac = 'this Compose (2.26) tells it no engine that takes it of each network';

/** How a container is reached, and what it reaches; `EXTERNAL` is a network that is there. */
export const networkRows: readonly Row[] = [
  { fields: ['hostname'], ours: { hostname: 'h' }, compose: { hostname: 'h' } },
  {
    fields: ['domainname'],
    ours: { hostname: 'h', domainname: 'example.test' },
    compose: { hostname: 'h', domainname: 'example.test' },
  },
  {
    fields: ['macAddress'],
    ours: { macAddress: '02:42:AC:11:65:43' },
    compose: { mac_address: '02:42:ac:11:65:43' },
    differsSince: {
      api: '1.44',
      paths: { 'Config.MacAddress': noMac, 'Networks.PROJECT.MacAddress': noMac },
    },
  },
  {
    fields: ['aliases'],
    ours: { aliases: ['x', 'y.test'] },
    compose: { networks: { default: { aliases: ['x', 'y.test'] } } },
  },
  {
    fields: ['networks'],
    ours: { networks: ['EXTERNAL'] },
    compose: { networks: ['default', 'EXTERNAL'] },
  },
  {
    fields: ['networks'],
    ours: {
      networks: {
        default: { aliases: ['z'] },
        EXTERNAL: {
          aliases: ['e'],
          ipv4Address: 'EXTERNAL.9',
          linkLocalIps: ['169.254.8.8'],
          priority: -1,
        },
      },
    },
    compose: {
      networks: {
        default: { aliases: ['z'], priority: 2 },
        EXTERNAL: {
          aliases: ['e'],
          ipv4_address: 'EXTERNAL.9',
          link_local_ips: ['169.254.8.8'],
          priority: 1,
        },
      },
    },
  },
  { fields: ['networkMode'], ours: { networkMode: 'host' }, compose: { network_mode: 'host' } },
  { fields: ['networkMode'], ours: { networkMode: 'none' }, compose: { network_mode: 'none' } },
  { fields: ['networkMode'], ours: { networkMode: 'bridge' }, compose: { network_mode: 'bridge' } },
  {
    fields: ['networkMode'],
    ours: { networkMode: 'service:other' },
    compose: { network_mode: 'service:other' },
  },
  {
    fields: ['networkMode'],
    ours: { networkMode: 'container:any' },
    compose: { network_mode: 'container:any' },
  },
  {
    fields: ['extraHosts'],
    ours: { extraHosts: ['a:1.2.3.4', 'b=::1'] },
    compose: { extra_hosts: ['a:1.2.3.4', 'b=::1'] },
  },
  {
    fields: ['extraHosts'],
    ours: { extraHosts: { a: '1.2.3.4', 'host.docker.internal': '5.6.7.8' } },
    compose: { extra_hosts: { a: '1.2.3.4', 'host.docker.internal': '5.6.7.8' } },
  },
  {
    fields: ['dns', 'dnsSearch', 'dnsOpt'],
    ours: { dns: '1.1.1.1', dnsSearch: ['a.test', 'b.test'], dnsOpt: ['ndots:2'] },
    compose: { dns: '1.1.1.1', dns_search: ['a.test', 'b.test'], dns_opt: ['ndots:2'] },
  },
  {
    fields: ['expose'],
    ours: { expose: [3000, '8000-8002', '53/udp'] },
    compose: { expose: ['3000', '8000-8002', '53/udp'] },
  },
  {
    fields: ['ports'],
    ours: {
      ports: {
        plain: 21_341,
        both: { container: 53, host: 21_353 },
        udp: { container: 53, host: 21_353, protocol: 'udp' },
        open: { container: 80, host: 21_380, interface: '0.0.0.0' },
        many: { container: '7000-7002', host: '21700-21702' },
      },
    },
    compose: {
      ports: [
        '127.0.0.1:21341:21341',
        '127.0.0.1:21353:53',
        '127.0.0.1:21353:53/udp',
        '0.0.0.0:21380:80',
        '127.0.0.1:21700-21702:7000-7002',
      ],
    },
  },
];
