/** The stages of a Dockerfile. */
export interface Stages {
  /** In lower case, as the builder compares them. */
  names: readonly string[];
  count: number;
}

/**
 * Reads what `target` may name: `FROM image AS name`. Lines that are continued, comments and other
 * instructions are passed over; text in a here-document may add names that are none, which only
 * means that the builder refuses them later.
 */
export function readStages(dockerfile: string): Stages {
  const lines = dockerfile.replace(/\r\n?/g, '\n').split('\n');
  const froms = lines.filter((line) => /^\s*FROM\s/i.test(line));
  const names = froms.flatMap((line) => {
    const [, name] = /\sAS\s+(\S+)\s*$/i.exec(line) ?? [];
    return name === undefined ? [] : [name.toLowerCase()];
  });
  return { names, count: froms.length };
}
