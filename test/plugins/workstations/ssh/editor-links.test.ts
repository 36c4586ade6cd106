import { expect, test } from 'vitest';
import { jetbrainsLink, vscodeLink } from '../../../../plugins/workstations/ssh/editor-links.ts';

test('links carry names and paths as they are, whatever is in them', () => {
  const folder = '/home/me/my shop & co/#1?x=%20+ü';
  const code = new URL(vscodeLink({ host: 'box.workstation', folder }));
  expect(code.host).toBe('vscode-remote');
  expect({ hash: code.hash, search: code.search }).toEqual({ hash: '', search: '' });
  expect(decodeURIComponent(code.pathname)).toBe(`/ssh-remote+box.workstation${folder}`);
  const gateway = new URL(jetbrainsLink({ user: 'me', port: 4022, folder }));
  expect(gateway.protocol).toBe('jetbrains-gateway:');
  const fields = gateway.hash.slice(1).split('&');
  expect(fields.map((field) => field.split('=').map(decodeURIComponent))).toEqual([
    ['type', 'ssh'],
    ['deploy', 'false'],
    ['host', '127.0.0.1'],
    ['port', '4022'],
    ['user', 'me'],
    ['projectPath', folder],
  ]);
});
