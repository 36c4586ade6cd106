/** Takes in what a builder prints. */
export interface BuildOutput {
  /** What it does now, where this line says it. */
  add(line: string): string | undefined;
  /** The last lines, as they explain a failure. */
  tail(): readonly string[];
  /** The line that says why it failed. */
  reason(): string;
}

const keptLines = 30;

/**
 * Reads the plain progress of BuildKit (`#7 [app 2/5] RUN …`), of its predecessor (`Step 2/5 : …`) and
 * of Podman (`STEP 2/5: …`).
 */
export function createBuildOutput(mask: (text: string) => string): BuildOutput {
  const lines: string[] = [];
  return {
    add(raw) {
      const line = mask(raw.trimEnd());
      if (line.trim() === '') return undefined;
      lines.push(line);
      if (lines.length > keptLines) lines.shift();
      return stepOf(line);
    },
    tail: () => [...lines],
    reason() {
      const said = lines.findLast((line) => /^(?:error\b|failed to |the command )/i.test(line));
      return (said ?? lines.at(-1) ?? 'it said nothing').replace(/^error:? ?/i, '');
    },
  };
}

function stepOf(line: string): string | undefined {
  const [, ofKit] = /^#\d+ (\[[^\]]*\d+\/\d+\] .+|exporting to image)$/.exec(line) ?? [];
  const [, steps, instruction] = /^Step (\d+\/\d+) ?: (.+)$/i.exec(line) ?? [];
  return ofKit ?? (steps === undefined ? undefined : `[${steps}] ${instruction}`);
}
