import { expect } from 'vitest';

/** A line, as a DogStatsD server takes it apart. */
export interface StatsdLine {
  name: string;
  value: number;
  type: string;
  rate: number;
  tags: Readonly<Record<string, string>>;
}

/** Reads one; whatever is no measurement, or an event or a check to the server, fails the test. */
export function readStatsd(line: string): StatsdLine {
  const [head = '', type = '', ...sections] = line.split('|');
  const [name = '', value = '', ...rest] = head.split(':');
  expect(rest, line).toEqual([]);
  expect(name, line).toMatch(/^[\w.-]+$/);
  expect(value, line).toMatch(/^-?\d+(?:\.\d+)?$/);
  expect(type, line).toMatch(/^(?:c|g|ms|d)$/);
  const read: { rate: number; tags: Record<string, string> } = { rate: 1, tags: {} };
  for (const section of sections) {
    if (section.startsWith('@')) {
      read.rate = Number(section.slice(1));
      expect(read.rate, line).toBeGreaterThan(0);
      expect(read.rate, line).toBeLessThan(1);
    } else {
      expect(section.startsWith('#'), line).toBe(true);
      for (const pair of section.slice(1).split(',')) {
        const colon = pair.indexOf(':');
        expect(colon, line).toBeGreaterThan(0);
        read.tags[pair.slice(0, colon)] = pair.slice(colon + 1);
      }
    }
  }
  return { name, value: Number(value), type, ...read };
}
