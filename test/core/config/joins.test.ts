import { expect, test } from 'vitest';
import { crossCheck } from '../../../core/config/cross-checks.ts';
import { dependenciesOf } from '../../../core/selection.ts';
import type { Run } from '../../../core/run/run.ts';

const joined = (fields: object): Run => ({ kind: 'container', ...fields });
const told = (services: Record<string, object>) =>
  crossCheck({ services }).map(({ path, text }) => `${path.join('.')}: ${text}`);

test('who shares another’s network depends on it, and is made anew with it', () => {
  const run = { docker: joined({ networkMode: 'service:db', pid: 'service:app' }) };
  expect(dependenciesOf({ run, dependsOn: ['db'] })).toEqual([
    ['db', { condition: 'ready', restart: true, required: true }],
    ['app', { condition: 'started', restart: true, required: true }],
  ]);
});

test('a service to share with has to be there, and be another', () => {
  const problems = told({
    db: { run: { docker: joined({}) } },
    a: { run: { docker: joined({ networkMode: 'service:bd' }) } },
    b: { run: { docker: joined({ ipc: 'service:b' }) } },
  });
  expect(problems).toContain(
    'services.a.run.docker.networkMode: There is no service "bd". Did you mean "db"?',
  );
  expect(problems).toContain('services.b.run.docker.ipc: A service can not share what is its own.');
});

test('two that share with one another are a ring', () => {
  const problems = told({
    a: { run: { docker: joined({ networkMode: 'service:b' }) } },
    b: { run: { docker: joined({ pid: 'service:a' }) } },
  });
  expect(problems.filter((text) => text.includes('wait for one another'))).toHaveLength(1);
});

test('ports are published by whom the network belongs to', () => {
  const a = { run: { docker: joined({ networkMode: 'service:db' }) }, ports: { web: 80 } };
  const db = { run: { docker: joined({}) }, ports: { sql: 5432 } };
  expect(told({ a, db })).toEqual([
    'services.a.ports.web: It has the network of db, which has to publish 80/tcp: add it to the ports of db.',
  ]);
  expect(told({ a, db: { ...db, ports: { web: 80 } } })).toEqual([]);
});

test('without a network there are no ports', () => {
  const mode = (networkMode: string) =>
    told({ a: { run: { docker: joined({ networkMode }) }, ports: { web: 80 } } });
  expect(mode('none')).toEqual([expect.stringContaining('it has no ports')]);
  expect(mode('container:x')).toEqual([expect.stringContaining('are not known')]);
  expect(mode('host')).toEqual([]);
});
