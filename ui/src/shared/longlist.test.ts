import { expect, test } from 'vitest';

import { HIGHEST, LongList } from './longlist';

const ROW = 44;
const VIEW = 500;

function list(count: number): LongList {
  const list = new LongList(ROW);
  list.resize(count, VIEW);
  return list;
}

/** The row at the top of the view, told by what is drawn and where the bar stands. */
function topRow(of: LongList, bar: number): number {
  return of.range.from + (bar - of.shift) / ROW;
}

test('a short list is scrolled by its bar alone', () => {
  const short = list(1_000);
  expect(short.height).toBe(44_000);
  expect(short.scrolled(4_400)).toBeNull();
  expect(topRow(short, 4_400)).toBe(100);
  expect(short.scrolled(43_500)).toBeNull();
  expect(short.range.to).toBe(1_000);
});

test('of a million rows a small step moves as many pixels', () => {
  const long = list(1_000_000);
  expect(long.height).toBe(HIGHEST);
  let bar = 0;
  for (let step = 1; step <= 50; step += 1) {
    bar += 100;
    expect(long.scrolled(bar)).toBeNull();
    expect(topRow(long, bar)).toBeCloseTo((step * 100) / ROW, 6);
  }
});

test('a leap goes to the same share of the list, and both ends are reached', () => {
  const long = list(1_000_000);
  expect(long.scrolled((HIGHEST - VIEW) / 2)).toBeNull();
  expect(topRow(long, (HIGHEST - VIEW) / 2)).toBeCloseTo((1_000_000 * ROW - VIEW) / ROW / 2, 3);
  long.scrolled(HIGHEST - VIEW);
  expect(long.range.to).toBe(1_000_000);
  long.scrolled(0);
  expect(long.range.from).toBe(0);
});

test('small steps reach each end although the bar arrives there first', () => {
  const long = list(1_000_000);
  let bar = HIGHEST - VIEW - 150;
  long.scrolled(bar);
  const before = topRow(long, bar);
  let steps = 0;
  while (long.range.to < 1_000_000) {
    bar = Math.min(bar + 100, HIGHEST - VIEW);
    bar = long.scrolled(bar) ?? bar;
    steps += 1;
    if (steps > 10_000) throw new Error(`still at ${topRow(long, bar)}`);
  }
  expect(steps).toBeGreaterThan(((1_000_000 - before) * ROW) / 100 - 20);
});

test('once it rests the bar shows how far down the list is', () => {
  const long = list(1_000_000);
  let bar = 0;
  for (let step = 0; step < 1_000; step += 1) {
    bar += 100;
    long.scrolled(bar);
  }
  const before = topRow(long, bar);
  const settled = long.settled();
  expect(settled).toBeCloseTo((before * ROW * (HIGHEST - VIEW)) / (1_000_000 * ROW - VIEW), 3);
  expect(topRow(long, settled)).toBeCloseTo(before, 6);
  // The browser tells what it was asked for, rounded: that is no step.
  expect(long.scrolled(Math.floor(settled))).toBeNull();
  expect(Math.abs(topRow(long, Math.floor(settled)) - before)).toBeLessThan(0.05);
});

test('a row is brought into view by as little as needed', () => {
  const long = list(1_000_000);
  expect(topRow(long, long.reveal(5))).toBe(0);
  expect(topRow(long, long.reveal(11))).toBeCloseTo((12 * ROW - VIEW) / ROW, 6);
  expect(topRow(long, long.reveal(999_999))).toBeCloseTo((1_000_000 * ROW - VIEW) / ROW, 6);
  expect(topRow(long, long.reveal(0))).toBe(0);
});

test('fewer rows keep the view inside the list', () => {
  const long = list(1_000_000);
  long.reveal(999_999);
  long.resize(3, VIEW);
  expect(long.range).toEqual({ from: 0, to: 3 });
  long.resize(0, VIEW);
  expect(long.range).toEqual({ from: 0, to: 0 });
  expect(long.height).toBe(0);
});
