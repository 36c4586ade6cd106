import { expect, test } from 'vitest';
import type { ProcessRow } from '../../../../plugins/process/ending/process-row.ts';
import { selectMembers } from '../../../../plugins/process/ending/members.ts';
import { sampleRecord } from '../record/sample-record.ts';

const marker = '3f2a9c81d07b/shop/api/f00d';
const bootId = 'boot';

function row(pid: number, fields: Partial<ProcessRow> & { startTicks?: string } = {}): ProcessRow {
  const { startTicks = '100', ...rest } = fields;
  const identity = { pid, startTicks, bootId };
  return { identity, parent: 1, group: pid, isZombie: false, cpuMs: 0, marker: undefined, ...rest };
}

const leader = { pid: 50, startTicks: '100', bootId };
const record = sampleRecord({ life: { leader } });
const pidsOf = (table: readonly ProcessRow[], of = record) =>
  selectMembers(of, table)
    .map(({ identity }) => identity.pid)
    .toSorted((a, b) => a - b);

test('its group, what is marked elsewhere, and what those started', () => {
  const table = [
    row(1, { parent: 0 }),
    row(50),
    row(51, { parent: 50, group: 50 }),
    row(60, { marker }),
    row(61, { parent: 60 }),
    row(62, { parent: 61, group: 61 }),
    row(70),
  ];
  expect(pidsOf(table)).toEqual([50, 51, 60, 61, 62]);
});

test('a group lives on after its leader, as long as one of it is marked', () => {
  const left = [row(51, { group: 50, marker }), row(52, { group: 50 })];
  expect(pidsOf([row(50, { isZombie: true }), ...left])).toEqual([51, 52]);
  expect(pidsOf(left)).toEqual([51, 52]);
  expect(pidsOf([row(52, { group: 50 })])).toEqual([]);
  // Its exit code was not asked for yet: nobody else can have the number.
  expect(pidsOf([row(50, { isZombie: true }), row(52, { group: 50 })])).toEqual([52]);
});

test.each([
  ['is a stranger', row(50, { startTicks: '101' })],
  ['was a stranger, and is not waited for', row(50, { startTicks: '101', isZombie: true })],
])('of a group whose leader %s none is ours', (_, stranger) => {
  expect(pidsOf([stranger, row(51, { parent: 50, group: 50 })])).toEqual([]);
});

test('what carries the marker of another service is that one’s, whoever started it', () => {
  const table = [row(50), row(51, { parent: 50, marker: marker.replace('api', 'web') })];
  expect(pidsOf(table)).toEqual([50]);
  expect(pidsOf([row(50), row(51, { parent: 50, marker: `${marker}1` })])).toEqual([50]);
});

test('one in the group of who started it leads none', () => {
  const attached = sampleRecord({ life: { leader, hasGroup: false } });
  const table = [row(40), row(50, { parent: 40, group: 40 }), row(51, { parent: 50, group: 40 })];
  expect(pidsOf(table, attached)).toEqual([50, 51]);
});

test('who looks is no member, also where it was started by one', () => {
  const table = [row(50), row(process.pid, { parent: 50, group: 50, marker })];
  expect(pidsOf(table)).toEqual([50]);
});

test('where only the second of a start is known, a pid of another day is a stranger’s', () => {
  const startedAt = Date.parse('2026-11-22T09:15:30');
  const life = { leader: { pid: 50, startTicks: '', bootId: '' }, startedAt };
  const at = (beganAt: number) => pidsOf([row(50, { beganAt })], sampleRecord({ life }));
  expect(at(startedAt)).toEqual([50]);
  expect(at(startedAt + 86_400_000)).toEqual([]);
});
