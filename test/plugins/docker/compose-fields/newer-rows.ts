import type { Row } from './row.ts';

/** What older engines can not do: there ours is refused by name, and Compose leaves it out. */
export const newerRows: readonly (Row & { sinceApi: string })[] = [
  {
    sinceApi: '1.43',
    fields: ['annotations'],
    ours: { annotations: { 'com.example.a': '1' } },
    compose: { annotations: { 'com.example.a': '1' } },
  },
  {
    sinceApi: '1.43',
    fields: ['annotations'],
    ours: { annotations: ['com.example.a=1'] },
    compose: { annotations: ['com.example.a=1'] },
  },
  {
    sinceApi: '1.44',
    fields: ['healthcheck'],
    ours: { healthcheck: { test: 'true', startPeriod: '9s', startInterval: '1s' } },
    compose: { healthcheck: { test: 'true', start_period: '9s', start_interval: '1s' } },
  },
  {
    sinceApi: '1.45',
    fields: ['volumes'],
    ours: {
      volumes: [{ type: 'volume', source: 'data', target: '/d', volume: { subpath: 'sub' } }],
    },
    compose: {
      volumes: [{ type: 'volume', source: 'data', target: '/d', volume: { subpath: 'sub' } }],
    },
    top: { volumes: { data: {} } },
  },
];
