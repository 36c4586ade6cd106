import type { Row } from './row.ts';

const healthy = { test: 'true', interval: '7s', timeout: '3s', retries: 4, startPeriod: '2s' };

/** What runs, and how. */
export const processRows: readonly Row[] = [
  {
    fields: ['command', 'entrypoint'],
    ours: { command: `sleep "600"`, entrypoint: ['/usr/bin/env', '-i'] },
    compose: { command: `sleep "600"`, entrypoint: ['/usr/bin/env', '-i'] },
  },
  { fields: ['command'], ours: { command: ['a', 'b c'] }, compose: { command: ['a', 'b c'] } },
  {
    fields: ['entrypoint'],
    ours: { entrypoint: 'tini -- "a b"' },
    compose: { entrypoint: 'tini -- "a b"' },
  },
  {
    fields: ['environment'],
    ours: { environment: { A: 'x y', N: 3, T: true } },
    compose: { environment: { A: 'x y', N: 3, T: 'true' } },
  },
  {
    fields: ['environment'],
    ours: { environment: ['A=1=2', 'FROM_HERE', 'NOT_SET_HERE'] },
    compose: { environment: ['A=1=2', 'FROM_HERE', 'NOT_SET_HERE'] },
    differs: {
      'Config.Env':
        'a name without a value anywhere is left out, where Compose passes the bare name',
    },
  },
  {
    fields: ['envFile'],
    ours: { envFile: ['a.env', { path: 'missing.env', required: false }], environment: { B: '2' } },
    compose: {
      env_file: ['a.env', { path: 'missing.env', required: false }],
      environment: { B: '2' },
    },
  },
  { fields: ['user'], ours: { user: '1000:1000' }, compose: { user: '1000:1000' } },
  { fields: ['workingDir'], ours: { workingDir: '/srv' }, compose: { working_dir: '/srv' } },
  {
    fields: ['labels'],
    ours: { labels: { 'com.example.a': 'x=y' } },
    compose: { labels: { 'com.example.a': 'x=y' } },
  },
  {
    fields: ['labels'],
    ours: { labels: ['com.example.a=x=y', 'b=2'] },
    compose: { labels: ['com.example.a=x=y', 'b=2'] },
  },
  {
    fields: ['labelFile'],
    ours: { labelFile: 'a.labels', labels: { b: '3' } },
    // This Compose (2.26) does not know label_file yet.
    compose: { labels: { a: '1', b: '3' } },
  },
  {
    fields: ['healthcheck'],
    ours: { healthcheck: healthy },
    compose: {
      healthcheck: { test: 'true', interval: '7s', timeout: '3s', retries: 4, start_period: '2s' },
    },
  },
  {
    fields: ['healthcheck'],
    ours: { healthcheck: { test: ['CMD', 'a', 'b'] } },
    compose: { healthcheck: { test: ['CMD', 'a', 'b'] } },
  },
  {
    fields: ['healthcheck'],
    ours: { healthcheck: { disable: true } },
    compose: { healthcheck: { disable: true } },
  },
  { fields: ['restart'], ours: { restart: 'always' }, compose: { restart: 'always' } },
  {
    fields: ['restart'],
    ours: { restart: 'unless-stopped' },
    compose: { restart: 'unless-stopped' },
  },
  { fields: ['restart'], ours: { restart: 'on-failure:3' }, compose: { restart: 'on-failure:3' } },
  { fields: ['restart'], ours: { restart: 'no' }, compose: { restart: 'no' } },
  { fields: ['init'], ours: { init: true }, compose: { init: true } },
  {
    fields: ['tty', 'stdinOpen'],
    ours: { tty: true, stdinOpen: true },
    compose: { tty: true, stdin_open: true },
  },
  { fields: ['stopSignal'], ours: { stopSignal: 'SIGINT' }, compose: { stop_signal: 'SIGINT' } },
  {
    fields: ['stopGracePeriod'],
    ours: { stopGracePeriod: '1m30s' },
    compose: { stop_grace_period: '1m30s' },
  },
  {
    fields: ['logging'],
    ours: { logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': 3 } } },
    compose: { logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': '3' } } },
  },
  { fields: ['platform'], ours: { platform: 'linux/amd64' }, compose: { platform: 'linux/amd64' } },
  { fields: ['pullPolicy'], ours: { pullPolicy: 'never' }, compose: { pull_policy: 'never' } },
];
