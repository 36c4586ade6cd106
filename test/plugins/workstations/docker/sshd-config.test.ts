import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sshdConfig } from '../../../../plugins/workstations/docker/sshd-config.ts';

const setEnv = (environment: readonly string[]): string | undefined =>
  sshdConfig({ user: 'ada', environment })
    .split('\n')
    .find((line) => line.startsWith('SetEnv'));

test('one user is let in, by key alone', () => {
  const lines = sshdConfig({ user: 'ada', environment: [] }).split('\n');
  for (const line of ['AllowUsers ada', 'PasswordAuthentication no', 'PermitEmptyPasswords no']) {
    expect(lines).toContain(line);
  }
});

test('variables of the image are set, but for those of whoever logs in', () => {
  expect(setEnv(['PATH=/go/bin:/bin', 'HOME=/nowhere', 'USER=x', 'A=b c'])).toBe(
    'SetEnv "PATH=/go/bin:/bin" "A=b c"',
  );
  expect(setEnv(['HOME=/nowhere'])).toBeUndefined();
});

test('no value of an image becomes another option of sshd', () => {
  const unit = fc.constantFrom(...Array.from('a =$#é"\\\n\r\t\0\u2028\u{1f600}'));
  const plain = sshdConfig({ user: 'ada', environment: [] }).split('\n');
  fc.assert(
    fc.property(fc.array(fc.string({ unit })), (values) => {
      const environment = values.map((value, index) => `V${index}=${value}`);
      const lines = sshdConfig({ user: 'ada', environment }).split('\n');
      expect(lines.filter((line) => !line.startsWith('SetEnv '))).toEqual(plain);
      const text = lines.find((line) => line.startsWith('SetEnv ')) ?? 'SetEnv';
      expect(text).toMatch(/^SetEnv( "V\d+=[^"\\]*")*$/);
    }),
    { seed: 7 },
  );
});
