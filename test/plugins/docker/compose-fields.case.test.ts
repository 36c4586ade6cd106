import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { containerRun } from '../../../core/config/schema-container.ts';
import { composeBinary } from '../../rig/compose-binary.ts';
import { ensureEngine } from '../../rig/engine/ensure-engine.ts';
import { removeProject } from './case-project.ts';
import { createComposeSide } from './compose-fields/compose-side.ts';
import { everywhere } from './compose-fields/differences.ts';
import { inspect } from './compose-fields/inspected.ts';
import { limitRows } from './compose-fields/limit-rows.ts';
import { networkRows } from './compose-fields/network-rows.ts';
import { newerRows } from './compose-fields/newer-rows.ts';
import { createOurSide, type OurSide } from './compose-fields/our-side.ts';
import { processRows } from './compose-fields/process-rows.ts';
import type { Row } from './compose-fields/row.ts';
import { storageRows } from './compose-fields/storage-rows.ts';

const engine = await ensureEngine();
const binary = engine === null ? null : await composeBinary();

/** Fields without a row, and where else they are held against what they should do. */
const elsewhere = {
  kind: 'says that it is a container',
  image: 'is in every row',
  build: 'is the docker command line’s: test/plugins/docker/build',
};

const table = [...processRows, ...storageRows, ...networkRows, ...limitRows, ...newerRows];

test('every field of a container has a row', () => {
  const rows = table.flatMap(({ fields }) => fields as readonly string[]);
  const covered = new Set([
    ...rows.filter((field) => field !== 'ports'),
    ...Object.keys(elsewhere),
  ]);
  expect([...covered].toSorted()).toEqual(Object.keys(containerRun.shape).toSorted());
});

describe.skipIf(binary === null)('what Compose makes of the equal file', () => {
  const { url = '', socketPath = '', apiVersion = '1.41', images } = engine ?? {};
  const docker = new Docker({ socketPath });
  const id = randomBytes(3).toString('hex');
  const [ourProject, theirProject] = [`ours-${id}`, `theirs-${id}`];
  const external = `external-${id}`;
  const subnet = `10.213.${randomBytes(1)[0]}`;
  const env = { FROM_HERE: 'a value from here' };
  const has = (api: string) => apiVersion.localeCompare(api, 'en', { numeric: true }) >= 0;
  const rows = new Map(
    table.map((row, index): [string, Row & { sinceApi?: string }] => [
      `row-${index}`,
      JSON.parse(
        JSON.stringify(row, (_, value: unknown) => (value instanceof RegExp ? undefined : value))
          .replaceAll('EXTERNAL.', `${subnet}.`)
          .replaceAll('EXTERNAL', external),
      ) as Row,
    ]),
  );
  for (const [index, { refusal }] of table.entries()) {
    const row = rows.get(`row-${index}`);
    if (row && refusal) row.refusal = refusal;
  }
  const named = [...rows].map(([name, row]) => ({
    name,
    row,
    title: `${row.fields.join(', ')} (${name})`,
  }));
  const isTooNew = ({ row }: (typeof named)[number]) =>
    row.sinceApi !== undefined && !has(row.sinceApi);
  const refused = named.filter(({ row }) => row.refusal !== undefined);
  const compared = named.filter((each) => each.row.refusal === undefined && !isTooNew(each));
  let root = '';
  let ours: OurSide;
  let theirs: ReturnType<typeof createComposeSide>;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'compose-fields-'));
    await mkdir(join(root, 'folder'));
    await writeFile(join(root, 'a.env'), 'A=1\nB=1\n');
    await writeFile(join(root, 'a.labels'), 'a=1\nb=1\n');
    await writeFile(join(root, 'seccomp.json'), '{ "defaultAction": "SCMP_ACT_ALLOW" }');
    await docker.createNetwork({
      Name: external,
      IPAM: { Config: [{ Subnet: `${subnet}.0/24` }] },
    });
    const image = images?.tools ?? '';
    const options = { url, root, env, image, docker, external };
    ours = await createOurSide({ ...options, project: ourProject });
    await ours.create('other', {});
    theirs = createComposeSide({ ...options, binary: binary ?? '', project: theirProject });
    const asked = new Map(compared.map(({ name, row }) => [name, row]));
    const refusal = await theirs.create(asked);
    if (refusal !== undefined) throw new Error(refusal);
  });

  afterAll(async () => {
    await ours.close();
    await removeProject(docker, `dev.devservices.project=${ourProject}`);
    await removeProject(docker, `com.docker.compose.project=${theirProject}`);
    await docker.getNetwork(external).remove();
    await rm(root, { recursive: true });
  });

  test.each(compared)('$title is the same container', async ({ name, row }) => {
    const [our, their] = [
      await inspect(docker, await ours.create(name, row.ours), await ours.rename(name)),
      await inspect(docker, theirs.nameOf(name), await theirs.rename()),
    ];
    const paths = [...new Set([...Object.keys(our), ...Object.keys(their)])];
    const found = paths
      .filter((path) => our[path] !== their[path])
      .filter((path) => !isKnown(path, our[path], their[path]));
    const { differsSince: since } = row;
    const newer = since && has(since.api) ? since.paths : {};
    const listed = Object.keys({ ...row.differs, ...newer });
    const isListed = (path: string) => listed.some((prefix) => path.startsWith(prefix));
    const told = found.map((path) => `${path}: ours ${our[path]}, Compose's ${their[path]}`);
    expect(told.filter((line) => !isListed(line))).toEqual([]);
    expect(listed.filter((prefix) => !found.some((path) => path.startsWith(prefix)))).toEqual([]);
  });

  test.each(refused)('$title is refused to both', async ({ name, row }) => {
    await expect(ours.create(name, row.ours)).rejects.toThrow(row.refusal);
    expect(await theirs.create(new Map([[name, row]]))).toMatch(row.refusal as RegExp);
  });

  test.each(named.filter(isTooNew))('$title is said to be too new', async ({ name, row }) => {
    await expect(ours.create(name, row.ours)).rejects.toMatchObject({
      code: 'DS_DOCKER_FIELD_UNSUPPORTED',
      blame: 'environment',
    });
  });
});

function isKnown(path: string, our: string | undefined, their: string | undefined): boolean {
  const text = (value: unknown) => (value === undefined ? undefined : JSON.stringify(value));
  return everywhere.some(
    ({ where, ours, theirs }) => where.test(path) && text(ours) === our && text(theirs) === their,
  );
}
