import { chmodSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { container, definePlugin } from 'devservices';
import { createTestHost } from 'devservices/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { builtInTasks } from '../../core/tasks/built-in.ts';
import { exitCodes } from '../../core/errors/exit-code.ts';
import { createRepo } from '../core/cli/run-main.ts';
import { listFiles } from '../architecture/read-sources.ts';
import service from './examples/service.ts';

const readme = readFileSync('README.md', 'utf8');
const pages = listFiles('README.md', 'CHANGELOG.md', 'docs', 'plugins').filter((path) =>
  path.endsWith('.md'),
);

test('the service of the README starts the moment that its database is ready, and knows its address', async () => {
  await using host = createTestHost({
    config: { ...service, plugins: [answering('api', 'http')] },
  });
  const { services, errors } = await host.up({ ports: 'reassign' });
  expect(errors).toEqual([]);
  expect(services['api']).toMatchObject({ state: 'ready', action: 'created' });
  const told = host.events.flatMap((event) =>
    event.event === 'service-state' ? [`${event.service} ${event.state}`] : [],
  );
  expect(told[told.indexOf('postgres ready') + 1]).toBe('api starting');
  expect(await host.host.exports()).toMatchObject({
    DATABASE_URL: `postgres://postgres@127.0.0.1:${services['postgres']?.endpoints['sql']?.port}/postgres`,
  });
});

test('the task of the README runs after `up`, with what the services export', async () => {
  const repo = createRepo({
    'devservices.config.json': JSON.stringify({
      services: {
        redis: {
          run: container({ image: 'redis:8' }),
          ports: { redis: 36_379 },
          exports: { REDIS_URL: 'redis://{address.redis}' },
        },
      },
    }),
    'tasks/count-keys.ts': readFileSync('test/docs/examples/count-keys.ts', 'utf8'),
    'bin/redis-cli': '#!/bin/sh\necho "$3 of $2"\n',
  });
  chmodSync(join(repo.root, 'bin/redis-cli'), 0o755);
  vi.stubEnv('PATH', `${join(repo.root, 'bin')}:${process.env['PATH']}`);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { exitCode, stdout, stderr } = await repo.run('count-keys');
  expect(exitCode).toBe(0);
  expect(stdout + stderr).toContain('Redis has dbsize of redis://127.0.0.1:36379 keys.');
  expect(repo.runner.calls).toContain('start redis');
});

test('the README’s table has every task, and no other', () => {
  const rows = [...tableBelow('## Tasks').matchAll(/^\| `([a-z-]+)/gm)].map(([, name]) => name);
  expect(new Set(rows)).toEqual(new Set(Object.keys(builtInTasks)));
});

test('the README’s table has every exit status', () => {
  const rows = [...tableBelow('## Exit status').matchAll(/^\| ([\d, ]+?) *\|/gm)];
  const listed = rows.flatMap(([, statuses = '']) => statuses.split(', ').map(Number));
  expect(listed).toEqual([0, ...Object.values(exitCodes), 130, 143]);
});

// What a page tells people to run is run: here, or by the test that is named.
const elsewhere: Readonly<Record<string, { file: string; text: string }>> = {
  'npm ci && npx tsx tasks/up.ts': {
    file: 'test/cases/main-job.test.ts',
    text: "['npx', 'tsx', 'tasks/up.ts'",
  },
  'npm test': { file: '.ci/run', text: 'npm test' },
};

test('a command that needs more than this process is run by the test that is named', () => {
  const missing = Object.entries(elsewhere).filter(
    ([, { file, text }]) => !readFileSync(file, 'utf8').includes(text),
  );
  expect(missing).toEqual([]);
});

const installed = /^npm install --save-dev --save-exact (\S+)@([^@\s]+)$/;

test('what a page says to install is what this repo has, and its cases use', () => {
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const told = pages.flatMap(commandsOf).flatMap((command) => {
    const [, name, version] = installed.exec(command) ?? [];
    return name === undefined ? [] : [[name, version]];
  });
  expect(told.length).toBeGreaterThan(0);
  expect(told).toEqual(told.map(([name = '']) => [name, devDependencies[name]]));
});

test('every other command of a page is run here, and does what it should', async () => {
  const commands = pages
    .flatMap(commandsOf)
    .filter((command) => !Object.hasOwn(elsewhere, command) && !installed.test(command));
  expect(commands.length).toBeGreaterThan(5);
  const repo = createRepo({
    'devservices.config.json': JSON.stringify({
      plugins: ['store', 'permissions', 'project-options', 'control-api'].map(
        (name) => `devservices/plugins/${name}`,
      ),
      services: {
        postgres: { run: container({ image: 'postgres:17' }), ports: { sql: 35_432 } },
        redis: { run: container({ image: 'redis:8' }), ports: { redis: 36_379 } },
      },
    }),
  });
  for (const command of commands) {
    const [, task = '', rest = ''] = /^npx tsx tasks\/([a-z-]+)\.ts ?(.*)$/.exec(command) ?? [];
    const { exitCode, stderr } = await repo.run(task, ...rest.split(' ').filter(Boolean));
    expect({ command, exitCode, stderr }).toMatchObject({ command, exitCode: 0 });
  }
});

test('every link of a page leads to a file', () => {
  const files = listFiles('.');
  const leadsTo = (target: string) =>
    files.some((file) => file === target || file.startsWith(`${target.replace(/\/$/, '')}/`));
  const dead = pages.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
      .map(([, link = '']) => new URL(link, new URL(path, 'file:///')).pathname.slice(1))
      .filter((target) => !leadsTo(target))
      .map((target) => `${path} → ${target}`),
  );
  expect(dead).toEqual([]);
});

/** A plugin that answers on a service's port from before the start on, as the container would. */
function answering(name: string, port: string) {
  const servers: Server[] = [];
  onTestFinished(() => servers.forEach((server) => server.close()));
  return definePlugin({
    name: 'answering',
    setup({ hooks }) {
      hooks.beforeUp.tap('answering', async ({ plan }) => {
        const found = plan.services[name]?.ports.find((one) => one.name === port);
        const server = createServer((_, response) => response.end('ok'));
        servers.push(server);
        await new Promise<void>((resolve) => server.listen(found?.host, '127.0.0.1', resolve));
      });
    },
  });
}

function tableBelow(heading: string): string {
  const start = readme.indexOf(`${heading}\n`);
  expect(start).toBeGreaterThan(0);
  return readme.slice(start, readme.indexOf('\n## ', start + 1));
}

function commandsOf(path: string): string[] {
  const blocks = [...readFileSync(path, 'utf8').matchAll(/^```sh\n([^]*?)^```/gm)];
  return blocks.flatMap(([, text = '']) => text.split('\n').filter((line) => line.trim() !== ''));
}
