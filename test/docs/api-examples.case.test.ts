import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clientExamples } from '../../docs/api-examples/client.ts';
import { curlExamples } from '../../docs/api-examples/curl.ts';
import { createHttpClient } from '../../plugins/control-api/client/index.ts';
import { describeApi } from '../../plugins/control-api/openapi/describe-api.ts';
import { specs } from '../../plugins/control-api/specs/index.ts';
import { createAnswerCheck, type ToldAnswer } from '../plugins/control-api/check-answer.ts';
import type { Ran } from '../rig/checkout.ts';
import { freePorts } from '../rig/free-ports.ts';
import {
  createProcessCheckout,
  type ProcessCheckout,
  server as httpServer,
} from '../rig/process-checkout.ts';
import { restart } from './examples/api-client.ts';
import { waitUntilReady } from './examples/api-follow.ts';

const page = readFileSync('docs/api.md', 'utf8');
const check = createAnswerCheck(describeApi(specs));

let checkout: ProcessCheckout;
let serving: { url: string; token: string };
let ended: Promise<Ran>;
let stop: () => void;

beforeAll(async () => {
  checkout = createProcessCheckout();
  const [port] = await freePorts(1);
  checkout.write({
    'devservices.config.ts': configOf(port),
    // What the commands do not say: the status, on a line of its own.
    '.curlrc': `write-out = "\\n%{http_code} %{content_type}"\n`,
  });
  const up = await checkout.task('up', ['--json']);
  if (up.exitCode !== 0) throw new Error(up.stdout + up.stderr);
  serving = await new Promise((resolve, reject) => {
    ended = checkout.task('serve', ['--json'], {
      onOutput(text, kill) {
        stop = () => kill('SIGINT');
        const line = /^\{"event":"serving".*$/m.exec(text)?.[0];
        if (line !== undefined) resolve(JSON.parse(line) as typeof serving);
      },
    });
    ended.then(({ stdout, stderr }) => reject(new Error(stdout + stderr)), reject);
  });
});

afterAll(async () => {
  stop();
  await ended;
  await checkout[Symbol.asyncDispose]();
});

test('every command of the page is one that is run here', () => {
  const shown = [...page.matchAll(/^```bash\n([^]*?)^```/gm)].map(([, text = '']) =>
    text.trimEnd(),
  );
  const run = new Set([...Object.values(curlExamples), ...introduced()]);
  expect(shown.flatMap((text) => text.split('\n')).filter((line) => !run.has(line))).toEqual([]);
  const keys = specs.map(({ method, path }) => `${method} ${path}`);
  expect(Object.keys(curlExamples).toSorted()).toEqual(keys.toSorted());
});

test('each command of the page gets what its route answers with', async () => {
  const ids: Record<string, string> = {};
  for (const [key, command] of Object.entries(curlExamples)) {
    const answer = await runCommand(command, ids);
    expect({ key, answer, wrong: check(key, answer) }).toEqual({ key, answer, wrong: [] });
    expect({ key, status: Math.floor(answer.status / 100) }).toEqual({ key, status: 2 });
    const { entry } = (answer.body ?? {}) as { entry?: { id: string } };
    if (entry) ids['ID'] = entry.id;
  }
});

test('so do those of the introduction', async () => {
  expect(introduced()).toHaveLength(2);
  for (const command of introduced()) {
    expect(await runCommand(command)).toMatchObject({ status: 200 });
  }
});

test('each call of the page comes back with what the page says', async () => {
  const client = createHttpClient(serving);
  const results: Record<string, unknown> = {};
  for (const [key, call] of Object.entries(clientExamples)) results[key] = await call(client);
  expect(results).toMatchObject({
    'GET /services': { all: [{ name: 'postgres' }], failed: [] },
    'POST /services/{name}/start': { state: 'ready' },
    'POST /services/{name}/restart': { ok: true, services: { postgres: { state: 'ready' } } },
    'GET /logs': expect.arrayContaining(['listening']) as string[],
    'POST /services/{name}/stop': { ok: true },
    'POST /users': { username: 'grace', superuser: true },
    'PUT /users/{user}/permissions/{permission}': { change: 'added' },
    'POST /tokens': { token: expect.stringMatching(/^dst_/) as string, entry: { name: 'editor' } },
    'GET /options/{key}': 'dev@localhost.test',
  });
  const calls = Object.keys(clientExamples);
  expect(calls.filter((key) => !page.includes(`### ${key}\n`))).toEqual([]);
});

test('a service is restarted by the client of the introduction, and its readiness awaited', async () => {
  const client = createHttpClient(serving);
  await client.post('/services/{name}/start', { params: { name: 'postgres' } });
  const ready = waitUntilReady(client, 'postgres');
  // From when on it listens nobody is told: each restart is another thing to hear of.
  const over = new AbortController();
  const heard = ready.finally(() => over.abort());
  while (!over.signal.aborted) {
    expect(await restart(`${serving.url}/#${serving.token}`, 'postgres')).toBe('ready');
  }
  expect(await heard).toMatch(/^ready, which was event \d+$/);
  expect(await restart(`${serving.url}/#${serving.token}`, 'postgre')).toBe('unknown');
});

/** The commands that stand above those of the routes. */
function introduced(): string[] {
  const [, text = ''] = /^## Calling it\n[^]*?^```bash\n([^]*?)^```/m.exec(page) ?? [];
  return text.trimEnd().split('\n');
}

function configOf(port: number): string {
  return `import { z } from 'devservices';
import { controlApi } from 'devservices/plugins/control-api';
import { permissions } from 'devservices/plugins/permissions';
import { projectOptions } from 'devservices/plugins/project-options';
import { store } from 'devservices/plugins/store';

const declare = [{ key: 'mail.from', schema: z.email(), default: 'dev@localhost.test' }];
export default {
  plugins: [store(), permissions(), projectOptions({ declare }), controlApi()],
  services: { postgres: { run: ${JSON.stringify(httpServer())}, ports: { sql: ${port} } } },
};
`;
}

/** What a shell that has \`$URL\` and \`$TOKEN\` gets; of a stream, until its first event is there. */
function runCommand(
  command: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ToldAnswer> {
  const isStream = command.startsWith('curl -sSN');
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], {
      detached: true,
      env: {
        PATH: process.env['PATH'],
        CURL_HOME: checkout.root,
        URL: serving.url,
        TOKEN: serving.token,
        ...more,
      },
    });
    let stdout = '';
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (stderr += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (isStream && /^data: /m.test(stdout)) process.kill(-(child.pid as number), 'SIGKILL');
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (isStream && signal === 'SIGKILL') return resolve(streamed);
      const [, text = '', status = '', type = ''] = /^([^]*)\n(\d{3}) (.*)$/.exec(stdout) ?? [];
      if (code !== 0 || isStream)
        return reject(new Error(`${command}: ${code} ${stdout}${stderr}`));
      const headers = new Headers(type === '' ? {} : { 'content-type': type });
      const isJson = /^application\/(?:problem\+)?json/.test(type);
      const body: unknown = isJson ? JSON.parse(text) : text === '' ? undefined : text;
      resolve({ status: Number(status), headers, body });
    });
  });
}

const streamed: ToldAnswer = {
  status: 200,
  headers: new Headers({ 'content-type': 'text/event-stream' }),
  body: undefined,
};
