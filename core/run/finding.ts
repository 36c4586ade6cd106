/** One line of `doctor`: what was looked at and what came of it. */
export interface Finding {
  /** What it is about, e.g. `engine`, `configuration`. */
  name: string;
  /** `problem`: `up` will not work as it is. `warning`: it will, and something is off. */
  level: 'ok' | 'warning' | 'problem';
  /** What was found, for people; no secrets. */
  text: string;
  /** What to do about it. */
  hint?: string;
  /** The same for programs, where there is more to tell. */
  facts?: Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
}
