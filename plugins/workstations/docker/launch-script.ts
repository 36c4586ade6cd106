/** Where a workstation has what sshd needs; only its root may write there. */
export const folder = '/etc/devservices-workstation';

/** sshd's, written once it listens. */
export const pidFile = '/run/devservices-workstation.pid';

/** Where images have their sshd. */
export const sshdFolders = ['/usr/sbin', '/usr/local/sbin', '/sbin', '/usr/bin', '/usr/local/bin'];

/**
 * What a workstation runs: makes the user at the first start, then is its sshd. For any POSIX shell, with
 * nothing but what the smallest images have. Takes user, home, uid and gid, both empty for the image's own.
 */
export const launchScript = `set -eu
user=$1 home=$2 uid=$3 gid=$4
PATH="\${PATH:-/usr/bin:/bin}:${sshdFolders.join(':')}"
rm -f ${pidFile}
mkdir -p /run/sshd /var/empty
if [ ! -e ${folder}/prepared ]; then
  line=$(grep "^$user:" /etc/passwd || true)
  if [ -z "$uid" ]; then
    uid=$(printf %s "$line" | cut -d: -f3)
    gid=$(printf %s "$line" | cut -d: -f4)
    uid=\${uid:-1000} gid=\${gid:-1000}
  fi
  shell=$(printf %s "$line" | cut -d: -f7)
  if [ -x /bin/bash ]; then shell=/bin/bash; fi
  case "$shell" in */sh|*/bash|*/zsh|*/ash|*/dash|*/fish) ;; *) shell=/bin/sh ;; esac
  wanted="$user:x:$uid:$gid::$home:$shell"
  if [ -z "$line" ]; then
    printf '%s\\n' "$wanted" >> /etc/passwd
  else
    sed -i "s|^$user:.*|$wanted|" /etc/passwd
  fi
  grep -q "^[^:]*:[^:]*:$gid:" /etc/group || printf '%s\\n' "$user:x:$gid:" >> /etc/group
  if [ -e /etc/shadow ]; then
    # Nobody has a password; one that is locked could not log in by key either.
    if grep -q "^$user:" /etc/shadow; then
      sed -i "s/^$user:[!*]*:/$user:*:/" /etc/shadow
    else
      printf '%s\\n' "$user:*:::::::" >> /etc/shadow
    fi
  fi
  mkdir -p "$home"
  chown "$uid:$gid" "$home"
  if [ -d /etc/skel ]; then
    for name in $(ls -A /etc/skel); do
      [ -e "$home/$name" ] || { cp -R "/etc/skel/$name" "$home/$name"; chown -R "$uid:$gid" "$home/$name"; }
    done
  fi
  if [ "$uid" != 0 ] && [ -d /etc/sudoers.d ]; then
    printf '%s\\n' "$user ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/devservices-workstation
    chmod 0440 /etc/sudoers.d/devservices-workstation
  fi
  : > ${folder}/prepared
fi
exec "$(command -v sshd)" -D -e -f ${folder}/sshd_config
`;
