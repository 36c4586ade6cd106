import { expect, test } from 'vitest';
import { crossCheck } from '../../../core/config/cross-checks.ts';
import { expandLeaf } from '../../../core/config/short-forms.ts';

const inRun = (field: string, value: unknown) =>
  expandLeaf(['services', 'a', 'run', 'docker', field], value);

test('lists of a run are written out when a record is laid over them', () => {
  expect(inRun('environment', ['A=1=2', 'B'])).toEqual({ A: '1=2', B: { $secret: { env: 'B' } } });
  expect(inRun('labels', ['a=1'])).toEqual({ a: '1' });
  expect(inRun('networks', ['x'])).toEqual({ x: {} });
  expect(inRun('build', './api')).toEqual({ context: './api' });
});

test('lists of other fields are replaced', () => {
  expect(inRun('volumes', ['data:/data'])).toBeUndefined();
  expect(inRun('command', ['a'])).toBeUndefined();
});

test('a name that a range already has is told', () => {
  const ports = { node: { container: '7000-7001' }, 'node-7001': 9000 };
  const services = { a: { run: { docker: { kind: 'container' } }, ports } };
  expect(crossCheck({ services }).map(({ path }) => path.join('.'))).toEqual([
    'services.a.ports.node-7001',
  ]);
});
