import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createInstruments } from '../../../../plugins/metrics/prometheus/create-instruments.ts';
import { createPrometheus } from '../../../../plugins/metrics/prometheus/create-prometheus.ts';
import { createTempFolder } from '../../../rig/state/temp-folder.ts';
import { readMetrics, valueOf } from '../../control-api/metrics/read-metrics.ts';

let lines = 0;
const phase = (elapsedMs: number, run = 'one') =>
  `${JSON.stringify({
    event: 'phase-ended',
    at: new Date(1_800_000_000_000 + ++lines).toISOString(),
    project: 'shop',
    run,
    phase: 'pull',
    elapsedMs,
    ok: true,
  })}\n`;
const counted = async (prometheus: ReturnType<typeof createPrometheus>) =>
  valueOf(readMetrics(await prometheus.render()), 'devservices_journal_phase_seconds_count', {
    phase: 'pull',
  });

test('each scrape adds what is new, whoever wrote it, and a half line counts when it is whole', async () => {
  const journal = join(createTempFolder(), 'events.ndjson');
  const prometheus = createPrometheus(journal);
  expect(await counted(prometheus)).toBeUndefined();
  writeFileSync(journal, phase(100) + phase(200, 'two'));
  expect(await counted(prometheus)).toBe(2);
  const [half, rest] = [phase(300).slice(0, 40), phase(300).slice(40)];
  appendFileSync(journal, half);
  expect(await counted(prometheus)).toBe(2);
  appendFileSync(journal, rest);
  expect(await counted(prometheus)).toBe(3);
  // One that begins anew reads the same.
  const samples = readMetrics(await createPrometheus(journal).render());
  expect(valueOf(samples, 'devservices_journal_phase_seconds_count')).toBe(3);
  expect(valueOf(samples, 'devservices_journal_phase_seconds_sum')).toBeCloseTo(0.6);
  expect(valueOf(samples, 'devservices_journal_phase_seconds_bucket', { le: '0.25' })).toBe(2);
});

test('scrapes at once count nothing twice', async () => {
  const journal = join(createTempFolder(), 'events.ndjson');
  writeFileSync(journal, phase(1).repeat(2000));
  const prometheus = createPrometheus(journal);
  const found = await Promise.all([1, 2, 3, 4].map(() => counted(prometheus)));
  expect(found).toEqual([2000, 2000, 2000, 2000]);
});

test('of another journal in its place everything counts from nothing', async () => {
  const journal = join(createTempFolder(), 'events.ndjson');
  writeFileSync(journal, phase(1) + phase(1));
  const prometheus = createPrometheus(journal);
  expect(await counted(prometheus)).toBe(2);
  rmSync(journal);
  expect(await counted(prometheus)).toBeUndefined();
  writeFileSync(journal, phase(1));
  expect(await counted(prometheus)).toBe(1);
});

test('a journal that cannot be read is said, and is read again', async () => {
  const folder = createTempFolder();
  const prometheus = createPrometheus(folder);
  await expect(prometheus.render()).rejects.toMatchObject({ code: 'DS_STATE_UNREADABLE' });
  rmSync(folder, { recursive: true });
  writeFileSync(folder, phase(1));
  expect(await counted(prometheus)).toBe(1);
});

test('series without end are counted together, and the total is right', async () => {
  const instruments = createInstruments();
  for (let index = 0; index < 1000; index += 1) {
    instruments.incr('pull.bytes', { image: `image-${index}` }, 2);
  }
  const samples = readMetrics(await instruments.render()).filter(
    ({ name }) => name === 'devservices_journal_pull_bytes_total',
  );
  expect(samples).toHaveLength(201);
  expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(2000);
  expect(valueOf(samples, 'devservices_journal_pull_bytes_total', { image: 'other' })).toBe(1600);
});

test('whatever tags hold, each line is one sample and says what was counted', async () => {
  const odd = fc.constantFrom(
    '\n',
    '"',
    '\\',
    '\\n',
    '}',
    '{',
    '\u2028',
    '\r',
    '# TYPE x counter\n',
  );
  const text = fc
    .array(fc.oneof(odd, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 6 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 8 }), async (pairs) => {
      const instruments = createInstruments();
      for (const [service, code] of pairs) instruments.incr('service.failed', { service, code });
      for (const [plugin, hook] of pairs) instruments.timing('hook.ms', 5, { plugin, hook });
      const samples = readMetrics(await instruments.render());
      const of = (name: string) => samples.filter((sample) => sample.name === name);
      const failed = of('devservices_journal_service_failed_total');
      expect(failed.reduce((sum, { value }) => sum + value, 0)).toBe(pairs.length);
      const shown = (value: string) => value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
      for (const { labels } of failed) {
        const fits = ([service, code]: [string, string]) =>
          labels['service'] === shown(service) && labels['code'] === shown(code);
        expect(pairs.some(fits)).toBe(true);
      }
      const hooks = of('devservices_journal_hook_seconds_count');
      expect(hooks.reduce((sum, { value }) => sum + value, 0)).toBe(pairs.length);
      expect(samples.every(({ name }) => name.startsWith('devservices_journal_'))).toBe(true);
    }),
    { numRuns: 40, seed: 7 },
  );
});
