import { readFileSync } from 'node:fs';

const marked = /<!-- from (?<path>\S+) -->\n+```ts\n[^]*?```/g;

/** A page with each marked code block as the file has it that the mark names: a file that a test runs. */
export function fillBlocks(page: string): string {
  return page.replaceAll(marked, (_, path: string) => {
    const code = readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
    return `<!-- from ${path} -->\n\n\`\`\`ts\n${code}\`\`\``;
  });
}
