const LETTER = /^\p{L}/u;

/** The first letters of the first two words that begin with one, in capitals; empty if none does. */
export function initialsOf(name: string): string {
  let initials = '';
  let count = 0;
  for (const word of name.split(' ')) {
    if (!LETTER.test(word)) continue;
    initials += String.fromCodePoint(word.codePointAt(0) ?? 0);
    count += 1;
    if (count === 2) break;
  }
  return initials.toLocaleUpperCase();
}
