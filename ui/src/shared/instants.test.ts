import { expect, test } from 'vitest';

import { byTime } from './instants';

test('a whole second comes before its fractions, which text alone would turn round', () => {
  const sorted = ['2026-11-27T21:24:20.31Z', '2026-11-27T21:24:20Z', '2026-11-27T21:24:19.999999Z', '2026-11-27T21:24:20.310001Z'].sort(byTime);
  expect(sorted).toEqual(['2026-11-27T21:24:19.999999Z', '2026-11-27T21:24:20Z', '2026-11-27T21:24:20.31Z', '2026-11-27T21:24:20.310001Z']);
  expect(byTime('2026-11-27T21:24:20.5Z', '2026-11-27T21:24:20.500Z')).toBe(0);
});
