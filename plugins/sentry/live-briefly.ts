const mostMs = 10_000;

/** For programs that outlive whoever started them: ends this process after 10 s, and quietly. */
export function liveBriefly(): void {
  // Whoever started it is gone, and so may be their terminal.
  process.on('SIGHUP', () => {});
  process.on('SIGINT', () => {});
  // Nobody hears how it went.
  process.on('uncaughtException', () => process.exit(1));
  setTimeout(() => process.exit(1), mostMs);
}
