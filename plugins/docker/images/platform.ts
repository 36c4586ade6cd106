interface Platform {
  os?: string;
  architecture?: string;
  variant?: string;
}

/** What an engine tells of the platform of an image. */
export interface ImagePlatform {
  Os?: string;
  Architecture?: string;
  Variant?: string;
}

/** Whether an image's platform is the one that is wanted; what is left open fits anything. */
export function fitsPlatform(wanted: string, found: ImagePlatform): boolean {
  const { os, architecture, variant } = parsePlatform(wanted);
  const held = parsePlatform(describePlatform(found));
  return (
    (os === undefined || os === held.os) &&
    (architecture === undefined || architecture === held.architecture) &&
    (variant === undefined || held.variant === undefined || variant === held.variant)
  );
}

/** As people write it: `linux/arm64/v8`. */
export function describePlatform({ Os, Architecture, Variant }: ImagePlatform): string {
  return [Os, Architecture, Variant].filter(Boolean).join('/');
}

const architectures: Readonly<Record<string, string>> = {
  aarch64: 'arm64',
  armhf: 'arm',
  i386: '386',
  x86_64: 'amd64',
  'x86-64': 'amd64',
};

// `linux/arm64/v8`, `linux/aarch64`, `linux`, `arm64`, as the docker CLI takes them.
function parsePlatform(text: string): Platform {
  const parts = text.toLowerCase().split('/');
  const [first = '', second, third] = parts;
  const isOs = parts.length > 1 || ['linux', 'windows', 'darwin', 'freebsd'].includes(first);
  const architecture = isOs ? second : first;
  const variant = isOs ? third : undefined;
  return {
    ...(isOs ? { os: first } : {}),
    ...(architecture ? { architecture: architectures[architecture] ?? architecture } : {}),
    ...(variant ? { variant } : {}),
  };
}
