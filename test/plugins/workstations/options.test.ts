import { expect, test } from 'vitest';
import { workstationsOptions } from '../../../plugins/workstations/options.ts';

test('without options everything has a default', () => {
  expect(workstationsOptions.parse(undefined)).toEqual({
    timeout: 1_200_000,
    ready: { command: ['true'] },
    gcloud: { user: 'user', folder: '/home/user' },
    docker: { build: {} },
  });
});

test('a duration is milliseconds', () => {
  expect(workstationsOptions.parse({ timeout: '5m' }).timeout).toBe(300_000);
  expect(workstationsOptions.safeParse({ timeout: 'soon' }).success).toBe(false);
});

const wrong: readonly (readonly [what: string, options: unknown])[] = [
  ['a field that there is not', { gcloud: { projekt: 'shop-dev' } }],
  ['a provider that there is not', { provider: 'azure' }],
  ['a command of no words', { ready: { command: [] } }],
  ['a project that would be an option of gcloud', { gcloud: { project: '--impersonate=x' } }],
  ['a user that would be an option of ssh', { gcloud: { user: '-oProxyCommand=x' } }],
  ['a user with a second line', { docker: { user: 'me\nProxyCommand x' } }],
  ['a folder that is not absolute', { gcloud: { folder: 'work' } }],
  ['a folder of two lines', { gcloud: { folder: '/work\nHost *' } }],
];
for (const [what, options] of wrong) {
  test(`is refused: ${what}`, () => {
    expect(workstationsOptions.safeParse(options).success).toBe(false);
  });
}
