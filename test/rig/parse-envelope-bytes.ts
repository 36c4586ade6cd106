/** Of an envelope's bytes: its header, and its items with their own headers and payloads. */
export interface ParsedEnvelope {
  header: Readonly<Record<string, unknown>>;
  /** A payload is what its JSON says, else its bytes. */
  items: readonly (readonly [header: ItemHeader, payload: unknown])[];
}

interface ItemHeader {
  type: string;
  length?: number;
  [name: string]: unknown;
}

/**
 * Reads what was sent by the published format, apart from the SDK that wrote it. What is no envelope
 * has an empty header and no items.
 */
export function parseEnvelopeBytes(bytes: Buffer): ParsedEnvelope {
  let offset = 0;
  const take = (length: number): Buffer => {
    const end = length === -1 ? bytes.length : length;
    const part = bytes.subarray(offset, end);
    offset = end + 1;
    return part;
  };
  const line = (): Buffer => take(bytes.indexOf(10, offset));
  const header = parseJson(line());
  if (typeof header !== 'object' || header === null) return { header: {}, items: [] };
  const items: [ItemHeader, unknown][] = [];
  while (offset < bytes.length) {
    const itemHeader = parseJson(line()) as ItemHeader | undefined;
    if (!itemHeader) break;
    const { length } = itemHeader;
    const payload = typeof length === 'number' ? take(offset + length) : line();
    items.push([itemHeader, parseJson(payload) ?? payload]);
  }
  return { header: header as ParsedEnvelope['header'], items };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
