import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { day, duration, soon, zoneName } from './format';
import { count, find, say } from './words';

const source = join(import.meta.dirname, '..');

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return files(path);
    return /\.(svelte|ts)$/.test(entry.name) && !entry.name.includes('.test.') ? [path] : [];
  });
}

test('every key that the window uses has words', () => {
  const used = files(source).flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(/\b(t|count)\(\s*'(ui\.[\w.]+)'/g)].map(([, verb, key]) => ({ verb, key: key ?? '' })),
  );
  expect(used.length).toBeGreaterThan(100);
  const missing = used.filter(({ verb, key }) => find(verb === 'count' ? `${key}.other` : key) === undefined);
  expect(missing).toEqual([]);
});

test('no visible text stands in a component', () => {
  const markup = /<(?:p|h[1-6]|button|Button|label|strong|legend|summary|option)(?:\s[^<>]*)?>\s*[A-Z][a-z]+[^<{]*</;
  const found = files(source).filter((path) => path.endsWith('.svelte') && markup.test(readFileSync(path, 'utf8').replace(/<style>[\s\S]*/, '')));
  expect(found).toEqual([]);
});

test('a number chooses between one and other', () => {
  expect(count('ui.import.done', 1)).toBe('1 person added');
  expect(count('ui.import.done', 1200)).toBe('1,200 people added');
});

test('a sentence of the engine without words shows its key', () => {
  expect(say({ key: 'no.such_words', params: {} })).toBe('no.such_words');
});

test('durations have hours only from one hour', () => {
  expect([0, 59.9, 192, 3600, 36_125].map(duration)).toEqual(['00:00', '00:59', '03:12', '1:00:00', '10:02:05']);
});

test('days are near by name and far by date', () => {
  const now = new Date(2026, 4, 20, 9).getTime();
  const at = (days: number) => day(new Date(2026, 4, 20 - days, 23, 50).toISOString(), now);
  expect([at(0), at(1), at(3), at(6), at(30)]).toEqual(['Today', 'Yesterday', 'Sunday', 'Thursday', '20 April']);
});

test('times to come are near by name and far by date', () => {
  const now = new Date(2026, 4, 20, 9).getTime();
  const at = (date: string) => soon(`${date}T15:00`, now);
  expect([at('2026-05-20'), at('2026-05-21'), at('2026-05-19'), at('2026-06-01'), at('2027-01-04')]).toEqual([
    'Today, 15:00',
    'Tomorrow, 15:00',
    'Yesterday, 15:00',
    'Mon 1 June, 15:00',
    'Mon 4 January 2027, 15:00',
  ]);
  expect(zoneName('America/New_York')).toBe('New York');
  expect(zoneName('Asia/Calcutta')).toBe('Kolkata');
});

test('what only a terminal says is not among the words of the window', () => {
  expect(find('cli.failed')).toBeUndefined();
  expect(find('errors.unexpected_reply.message')).toBeTruthy();
});
