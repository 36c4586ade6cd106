/** Ports in a row, both ends included: `'7000-7005'`. */
export type PortRange = `${number}-${number}`;

/** The ports of a range; undefined where it is none. */
export function portsOfRange(value: unknown): readonly number[] | undefined {
  const [, from, to] = /^(\d{1,5})-(\d{1,5})$/.exec(typeof value === 'string' ? value : '') ?? [];
  const [first, last] = [Number(from), Number(to)];
  if (!(first >= 1 && first < last && last <= 65_535)) return undefined;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
