import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { listState } from '../../tasks/list-state.ts';
import { createRepo, type Repo, taskOf } from './run-main.ts';

const token = 'dst_told-once-and-kept-nowhere';

const withTask = (body: string, more = '') =>
  createRepo({
    'devservices.config.json': '{}',
    'tasks/make.ts': taskOf('make', `await host.initialize('make'); ${body}`, more),
  });

const journalOf = ({ root }: Repo): string =>
  listState(root)
    .filter((file) => file.endsWith('events.ndjson'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('');

const given = `return { token: '${token}', name: 'ci' };`;
const told = 'tellOnce: ({ token }) => token,';

test('what is told once is the last line on stdout, and in no journal', async () => {
  const repo = withTask(given, told);
  for (const flags of [[], ['--quiet'], ['--verbose']]) {
    expect(await repo.run('make', ...flags)).toMatchObject({ exitCode: 0, stdout: `${token}\n` });
  }
  const { stdout, json } = await repo.run('make', '--json');
  expect(json().at(-1)).toMatchObject({ event: 'make-finished', result: { token, name: 'ci' } });
  expect(stdout.split(token)).toHaveLength(2);
  const journal = journalOf(repo);
  expect(journal).toContain('"result":{"name":"ci"}');
  expect(journal).not.toContain(token);
});

test('a token that a task gives without saying so is for programs, and in no journal either', async () => {
  const repo = withTask(given);
  expect((await repo.run('make')).stdout).toBe('');
  expect((await repo.run('make', '--json')).stdout).toContain(token);
  expect(journalOf(repo)).not.toContain(token);
});

test('what fails tells nothing', async () => {
  const repo = withTask(`throw new Error('no');`, told);
  const { exitCode, stdout } = await repo.run('make');
  expect(exitCode).not.toBe(0);
  expect(stdout).toBe('');
});

test('the token of a server is in no journal; where it listens is', async () => {
  const url = 'http://127.0.0.1:4711';
  const repo = withTask(
    `host.events.emit({ event: 'serving', url: '${url}', token: '${token}' });`,
  );
  const { json } = await repo.run('make', '--json');
  expect(json()).toContainEqual(expect.objectContaining({ event: 'serving', url, token }));
  expect(journalOf(repo)).toContain(`"event":"serving","url":"${url}"`);
  expect(journalOf(repo)).not.toContain(token);
});
