import type { Row } from './row.ts';

const bindKept =
  'a mount, where Compose writes a bind in its short form: the same in the container (Mounts)';

/** Files and folders. */
export const storageRows: readonly Row[] = [
  {
    fields: ['volumes'],
    ours: { volumes: ['data:/data', 'more:/more:ro'] },
    compose: { volumes: ['data:/data', 'more:/more:ro'] },
    top: { volumes: { data: {}, more: {} } },
  },
  {
    fields: ['volumes'],
    ours: { volumes: ['./folder:/a', './folder:/b:ro', '~/:/home', '/etc:/c:rslave'] },
    compose: { volumes: ['./folder:/a', './folder:/b:ro', '~/:/home', '/etc:/c:rslave'] },
    differs: {
      'HostConfig.Mounts': bindKept,
      'HostConfig.Binds': bindKept,
    },
  },
  {
    fields: ['volumes'],
    ours: { volumes: ['./folder:/a:z', './folder:/b:ro,Z'] },
    compose: { volumes: ['./folder:/a:z', './folder:/b:ro,Z'] },
  },
  { fields: ['volumes'], ours: { volumes: ['/anonymous'] }, compose: { volumes: ['/anonymous'] } },
  {
    fields: ['volumes'],
    ours: {
      volumes: [
        {
          type: 'bind',
          source: './folder',
          target: '/a',
          readOnly: true,
          bind: { propagation: 'rshared', createHostPath: false },
        },
        { type: 'volume', source: 'data', target: '/b', volume: { nocopy: true } },
        { type: 'tmpfs', target: '/c', tmpfs: { size: '10mb', mode: 0o700 } },
        { type: 'volume', target: '/d' },
      ],
    },
    compose: {
      volumes: [
        {
          type: 'bind',
          source: './folder',
          target: '/a',
          read_only: true,
          bind: { propagation: 'rshared', create_host_path: false },
        },
        { type: 'volume', source: 'data', target: '/b', volume: { nocopy: true } },
        { type: 'tmpfs', target: '/c', tmpfs: { size: '10mb', mode: 0o700 } },
        { type: 'volume', target: '/d' },
      ],
    },
    top: { volumes: { data: {} } },
  },
  {
    fields: ['tmpfs'],
    ours: { tmpfs: ['/run', '/tmp:size=1m'] },
    compose: { tmpfs: ['/run', '/tmp:size=1m'] },
  },
  {
    fields: ['secrets'],
    ours: {
      secrets: { file: { file: './a.env' }, variable: { environment: 'FROM_HERE', mode: 0o400 } },
    },
    compose: { secrets: ['file', { source: 'variable', mode: 0o400 }] },
    top: { secrets: { file: { file: './a.env' }, variable: { environment: 'FROM_HERE' } } },
  },
  {
    fields: ['configs'],
    ours: {
      configs: [
        { source: 'file', file: './a.env', target: '/etc/file.conf' },
        { source: 'text', content: 'hello' },
      ],
    },
    compose: { configs: [{ source: 'file', target: '/etc/file.conf' }, 'text'] },
    top: { configs: { file: { file: './a.env' }, text: { content: 'hello' } } },
  },
  { fields: ['shmSize'], ours: { shmSize: '64mb' }, compose: { shm_size: '64mb' } },
  {
    fields: ['storageOpt'],
    ours: { storageOpt: { size: '1G' } },
    compose: { storage_opt: { size: '1G' } },
    refusal: /storage-opt/,
  },
];
