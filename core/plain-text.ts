/** A text from elsewhere as a terminal may show it: what would move the cursor is not in it. */
export function plainText(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}');
}
