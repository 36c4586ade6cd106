/** Prints one line of progress on stderr, so that a long provisioning never looks like a hang. */
export function say(line: string): void {
  process.stderr.write(`test rig: ${line}\n`);
}
