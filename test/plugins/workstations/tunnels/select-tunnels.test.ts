import { expect, test } from 'vitest';
import { selectTunnels } from '../../../../plugins/workstations/tunnels/select-tunnels.ts';
import type { TunnelRecord } from '../../../../plugins/workstations/tunnels/tunnel-record.ts';

const recorded = [
  ['aaaaaaaaaaaa', 'box'],
  ['bbbbbbbbbbbb', 'box'],
  ['cccccccccccc', 'my-box'],
].map(([id, name]) => ({ id, name }) as TunnelRecord);

const ids = (names: readonly string[]) => selectTunnels(names, recorded).map(({ id }) => id[0]);

test('a name means all tunnels of that workstation, an id one of them, nothing all', () => {
  expect(ids(['box'])).toEqual(['a', 'b']);
  expect(ids(['bbbbbbbbbbbb', 'my-box', 'my-box'])).toEqual(['b', 'c']);
  expect(ids([])).toEqual(['a', 'b', 'c']);
  expect(selectTunnels([], [])).toEqual([]);
});

test('a name that is not there is an error, whatever else is named', () => {
  expect(() => ids(['box', 'bax', 'aaaa'])).toThrow(
    expect.objectContaining({
      code: 'DS_TUNNEL_UNKNOWN',
      facts: { names: ['bax', 'aaaa'], known: ['box', 'my-box'] },
    }),
  );
});
