/** Joins lines into as few datagrams as hold them, in order; a line that is too large for one is left out. */
export function packLines(lines: readonly string[], maxBytes: number): string[] {
  const datagrams: string[] = [];
  let waiting: string[] = [];
  let waitingBytes = 0;
  for (const line of lines) {
    const bytes = Buffer.byteLength(line);
    if (bytes > maxBytes) continue;
    if (waiting.length > 0 && waitingBytes + 1 + bytes > maxBytes) {
      datagrams.push(waiting.join('\n'));
      waiting = [];
      waitingBytes = 0;
    }
    waitingBytes += (waiting.length > 0 ? 1 : 0) + bytes;
    waiting.push(line);
  }
  if (waiting.length > 0) datagrams.push(waiting.join('\n'));
  return datagrams;
}
