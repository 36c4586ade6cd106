import { folder, pidFile } from './launch-script.ts';

/**
 * sshd's configuration: one user, by key alone. `environment` is the image's (`NAME=value`), which those who
 * log in have too.
 */
export function sshdConfig({
  user,
  environment,
}: {
  user: string;
  environment: readonly string[];
}): string {
  const variables = environment.filter(canBeSet);
  return [
    'Port 22',
    `HostKey ${folder}/host_key`,
    `AuthorizedKeysFile ${folder}/authorized_keys`,
    `PidFile ${pidFile}`,
    `AllowUsers ${user}`,
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'ChallengeResponseAuthentication no',
    'PermitEmptyPasswords no',
    'UsePAM no',
    'UseDNS no',
    'PrintMotd no',
    'X11Forwarding no',
    'LogLevel INFO',
    'ClientAliveInterval 30',
    'Subsystem sftp internal-sftp',
    ...(variables.length === 0 ? [] : [`SetEnv ${variables.map((one) => `"${one}"`).join(' ')}`]),
    '',
  ].join('\n');
}

// Of whoever logs in, not of the image.
const own = new Set(['HOME', 'USER', 'LOGNAME', 'SHELL', 'MAIL', 'TERM', 'HOSTNAME']);

// What cannot be quoted in one line of it is left out.
function canBeSet(variable: string): boolean {
  const [, name] = /^([A-Za-z_]\w*)=[^"\\\p{Cc}]*$/u.exec(variable) ?? [];
  return name !== undefined && !own.has(name);
}
