/** The known name that a misspelt one most likely meant, or undefined. */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(name.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** ` Did you mean "x"?` or nothing, for the end of a message. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const candidate = closestName(name, known);
  return candidate === undefined ? '' : ` Did you mean "${candidate}"?`;
}

// Optimal string alignment: a swap of neighbours counts once, since that is how people mistype.
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    const above = rows[i - 1] as number[];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, at(rows[i - 2] as number[], j - 2) + 1);
      }
      row.push(value);
    }
    rows.push(row);
  }
  return at(rows[a.length] as number[], b.length);
}

const at = (row: number[], index: number): number => row[index] ?? 0;
