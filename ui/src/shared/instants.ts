/**
 * Which of two instants of the engine is the earlier one, to the last of their digits: below zero if the first is.
 *
 * As text they do not sort: a whole second is written without a fraction, and `20Z` comes after `20.5Z`.
 */
export function byTime(a: string, b: string): number {
  const [left, right] = [padded(a), padded(b)];
  return left < right ? -1 : Number(left > right);
}

function padded(instant: string): string {
  const [seconds = '', fraction = ''] = instant.replace(/Z$/, '').split('.');
  return `${seconds}.${fraction.padEnd(9, '0')}`;
}
