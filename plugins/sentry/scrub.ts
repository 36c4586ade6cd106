import { homedir, hostname, userInfo } from 'node:os';

/** What is told of this machine's people and places: nothing. */
export interface Names {
  home: string;
  user: string;
  host: string;
}

/**
 * Takes out of a text what tells of whom and of where: paths, names of user and host, and what looks like
 * a secret. For the few texts that are sent at all.
 */
export function scrub(text: unknown, names: Names = ownNames()): string {
  const given = String(text).slice(0, 4 * longest);
  const placed = isTelling(names.home) ? given.replaceAll(names.home, '~') : given;
  const known = patterns.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), placed);
  const ofWhom = [
    [names.host, '[host]'],
    [names.user, '[user]'],
  ] as const;
  return ofWhom
    .reduce((rest, [name, word]) => withoutName(rest, name, word), known)
    .slice(0, longest);
}

// Words that begin as a short name does would suffer.
function withoutName(text: string, name: string, word: string): string {
  if (!isTelling(name)) return text;
  if (name.length > 3) return text.replaceAll(name, word);
  const literal = name.replaceAll(/\W/g, String.raw`\$&`);
  return text.replaceAll(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), word);
}

// Of `root` nobody learns anything.
const isTelling = (name: string): boolean => !['', '/', 'root', '/root'].includes(name);

const longest = 1000;

const patterns: readonly [RegExp, string][] = [
  [/(:\/\/)[^\s/@]+@/g, '$1[secret]@'],
  [/\b(bearer|basic)\s+\S+/gi, '$1 [secret]'],
  [
    /([\w-]*(?:pass|secret|token|key|auth|credential|dsn)[\w-]*["']?\s*[=:]\s*)("[^"]*"|'[^']*'|\S+)/gi,
    '$1[secret]',
  ],
  [/\b(?:file:\/\/|~)\/[^\s"'`,;)\]]*/g, '[path]'],
  [/(?<![\w:/.\]])~?\/(?:[^\s"'`,;:()[\]]+)/g, '[path]'],
  [/(?<!\w)[A-Za-z]:\\[^\s"'`,;]*/g, '[path]'],
  [/\\\\[\w.-]+\\[^\s"'`,;]*/g, '[path]'],
  [/[\w+/=-]{32,}/g, '[secret]'],
];

function ownNames(): Names {
  try {
    return { home: homedir(), user: userInfo().username, host: hostname() };
  } catch {
    // A user of a container may be in no list of users.
    return { home: homedir(), user: '', host: hostname() };
  }
}
