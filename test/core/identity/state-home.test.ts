import { homedir, tmpdir } from 'node:os';

import { describe, expect, it } from 'vitest';

import {
  resolveCacheHome,
  resolveRuntimeFolder,
  resolveStateHome,
} from '../../../core/identity/state-home.ts';

describe('resolveStateHome', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.local/state/devservices'],
    ['linux', { HOME: '/home/ada', XDG_STATE_HOME: '/state' }, '/state/devservices'],
    ['linux', { HOME: '/home/ada', XDG_STATE_HOME: 'state' }, '/home/ada/.local/state/devservices'],
    ['linux', { HOME: '/home/ada', XDG_STATE_HOME: '' }, '/home/ada/.local/state/devservices'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Application Support/devservices'],
    ['win32', { LOCALAPPDATA: 'C:\\Ada\\Local' }, 'C:\\Ada\\Local\\devservices'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(resolveStateHome(env, { platform })).toBe(expected);
  });

  it('asks the system for the home folder where the environment says none', () => {
    expect(resolveStateHome({}, { platform: 'linux' })).toBe(
      `${homedir()}/.local/state/devservices`,
    );
  });
});

describe('resolveCacheHome', () => {
  it.each([
    ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/devservices'],
    ['linux', { XDG_CACHE_HOME: '/cache' }, '/cache/devservices'],
    ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Caches/devservices'],
    ['win32', { LOCALAPPDATA: 'C:\\Local' }, 'C:\\Local\\devservices\\cache'],
  ] as const)('on %s with %o is %s', (platform, env, expected) => {
    expect(resolveCacheHome(env, { platform })).toBe(expected);
  });
});

describe('resolveRuntimeFolder', () => {
  it('is in the runtime folder, else a folder of this user in the temporary one', () => {
    expect(resolveRuntimeFolder({ XDG_RUNTIME_DIR: '/run/user/7' })).toBe(
      '/run/user/7/devservices',
    );
    expect(resolveRuntimeFolder({})).toBe(`${tmpdir()}/devservices-${process.getuid?.()}`);
  });
});
