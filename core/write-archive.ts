const blockBytes = 512;

/** A file of an archive. */
export interface ArchivedFile {
  /** Absolute, at most 100 bytes. */
  path: string;
  content: Buffer;
  uid: number;
  gid: number;
  mode: number;
}

/**
 * A tar archive, as engines take files for a container.
 * Source: POSIX.1-1988 (ustar), "Extended tar Format".
 */
export function writeArchive(files: readonly ArchivedFile[]): Buffer {
  const blocks = files.flatMap((file) => [headerOf(file), file.content, padding(file.content)]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockBytes)]);
}

function headerOf({ path, content, uid, gid, mode }: ArchivedFile): Buffer {
  const header = Buffer.alloc(blockBytes);
  header.write(path.replace(/^\//, ''), 0, 100);
  header.write(octal(mode, 8), 100);
  writeOwner(header, uid, 108);
  writeOwner(header, gid, 116);
  header.write(octal(content.length, 12), 124);
  header.write(octal(Math.floor(Date.now() / 1000), 12), 136);
  // The sum is taken with blanks in its own place.
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 7)}\0 `, 148);
  return header;
}

const octal = (value: number, length: number): string =>
  value.toString(8).padStart(length - 1, '0');

// What seven digits do not hold is written as GNU tar does: a byte with its first bit set, then binary.
function writeOwner(header: Buffer, id: number, at: number): void {
  if (id < 8 ** 7) {
    header.write(octal(id, 8), at);
  } else {
    header[at] = 0x80;
    header.writeUIntBE(id, at + 2, 6);
  }
}

function padding({ length }: Buffer): Buffer {
  return Buffer.alloc((blockBytes - (length % blockBytes)) % blockBytes);
}
