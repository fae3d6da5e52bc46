import { expect, test } from 'vitest';

import { initialsOf } from './initials';

test('initials are the first letters of words that begin with one', () => {
  expect(initialsOf('ann lee')).toBe('AL');
  expect(initialsOf('  Dr. Élan  (mobile) Sørensen')).toBe('DÉ');
  expect(initialsOf('+44 20 7946 0001')).toBe('');
  expect(initialsOf('Olga ßen')).toBe('OSS');
  expect(initialsOf('𐐨ne')).toBe('𐐀');
});
