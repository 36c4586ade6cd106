/**
 * Opens a folder of a workstation in VS Code. Its editor asks the ssh configuration of its own settings:
 * the alias has to be known there.
 */
export function vscodeLink({ host, folder }: { host: string; folder: string }): string {
  return `vscode://vscode-remote/ssh-remote+${encodeURIComponent(host)}${encodePath(folder)}`;
}

/** Opens a folder of a workstation in JetBrains Gateway, which asks no ssh configuration for it. */
export function jetbrainsLink(to: { user: string; port: number; folder: string }): string {
  const fields = {
    type: 'ssh',
    deploy: 'false',
    host: '127.0.0.1',
    port: String(to.port),
    user: to.user,
    projectPath: to.folder,
  };
  const parts = Object.entries(fields).map(([name, value]) => `${name}=${encode(value)}`);
  return `jetbrains-gateway://connect#${parts.join('&')}`;
}

const encode = (text: string): string => encodeURIComponent(text).replaceAll('%2F', '/');

function encodePath(path: string): string {
  return encode(path.startsWith('/') ? path : `/${path}`);
}
