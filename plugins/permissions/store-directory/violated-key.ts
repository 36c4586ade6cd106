/**
 * Which of a user's unique keys an error is about; undefined for any other error, another violated
 * constraint included.
 */
export function violatedKey(thrown: unknown): 'username' | 'email' | undefined {
  if (!(thrown instanceof Error)) return undefined;
  const { code, constraint } = thrown as { code?: unknown; constraint?: unknown };
  if (code === '23505') {
    if (constraint === 'devservices_user_username_key') return 'username';
    return constraint === 'devservices_user_email_key' ? 'email' : undefined;
  }
  if (code !== 'SQLITE_CONSTRAINT_UNIQUE') return undefined;
  // SQLite names columns, and these words are its own.
  if (thrown.message.includes('devservices_user.username_key')) return 'username';
  return thrown.message.includes('devservices_user.email_key') ? 'email' : undefined;
}
