/** Some of many values, each as likely to be among them as any other. */
export interface Reservoir {
  values: number[];
  /** How many there were. */
  seen: number;
}

interface Picked {
  values: readonly number[];
  seen: number;
}

interface Picking {
  most: number;
  /** From 0 to below 1. */
  random(): number;
}

/** One more. */
export function addValue(to: Reservoir, value: number, { most, random }: Picking): void {
  to.seen += 1;
  if (to.values.length < most) {
    to.values.push(value);
    return;
  }
  const place = Math.floor(random() * to.seen);
  if (place < most) to.values[place] = value;
}

/** Of two, one that stands for both, in proportion to how many each stands for. */
export function joinReservoirs(
  one: Readonly<Picked>,
  other: Readonly<Picked>,
  { most, random }: Picking,
): Reservoir {
  const seen = one.seen + other.seen;
  if (one.values.length + other.values.length <= most) {
    return { values: [...one.values, ...other.values], seen };
  }
  const left = [one, other].map(({ values, seen: weight }) => ({ values: [...values], weight }));
  const values: number[] = [];
  const [first, second] = left as [Left, Left];
  while (values.length < most) {
    const isFirst = random() * (first.weight + second.weight) < first.weight;
    const from =
      (isFirst && first.values.length > 0) || second.values.length === 0 ? first : second;
    from.weight -= from.weight / from.values.length;
    const [taken] = from.values.splice(Math.floor(random() * from.values.length), 1);
    values.push(taken as number);
  }
  return { values, seen };
}

interface Left {
  values: number[];
  weight: number;
}
