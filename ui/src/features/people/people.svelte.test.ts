import { screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import type { ContactView } from '../../backend/types';
import { people } from '../../backend/fake/samples';
import { accessibilityProblems, field, find, openWindow, peoplePane } from '../../testing/window';

/** So many people, called P00001 and so on; every thousandth is a favourite. */
function many(count: number): ContactView[] {
  return Array.from({ length: count }, (_, index) => ({
    ...(people[0] as ContactView),
    id: String(index + 1),
    name: `P${String(index + 1).padStart(5, '0')}`,
    company: null,
    favourite: (index + 1) % 1_000 === 0,
  }));
}

function chosen(): string {
  return peoplePane().getByRole('option', { selected: true }).textContent;
}

test('of a large directory only what is in view stands on the page', async () => {
  const { user } = await openWindow({ people: many(12_000) });
  const [first] = await screen.findAllByRole('option');
  expect(first?.getAttribute('aria-setsize')).toBe('12012');
  expect(screen.getAllByRole('option').length).toBeLessThan(60);

  await user.keyboard('{End}');
  await vi.waitFor(() => expect(chosen()).toContain('P12000'));
  await user.keyboard('{ArrowUp}');
  await vi.waitFor(() => expect(chosen()).toContain('P11999'));
  expect(screen.getAllByRole('option').length).toBeLessThan(60);
  await screen.findByRole('heading', { name: 'P11999' });

  await user.keyboard('{Home}');
  await vi.waitFor(() => expect(chosen()).toContain('P01000'));
  expect(await accessibilityProblems()).toEqual([]);
});

test('favourites come first, and each person has one row that says of further numbers', async () => {
  const [asha, ben] = people as [ContactView, ContactView];
  const { user } = await openWindow({ people: [asha, { ...ben, favourite: true }] });
  const options = await screen.findAllByRole('option');
  expect(options.map(({ textContent }) => /Asha|Ben/.exec(textContent)?.[0])).toEqual(['Ben', 'Asha', 'Ben']);
  expect(options[1]?.textContent).toContain('1 more number');

  await find(user, 'asha');
  expect(screen.getAllByRole('option')).toHaveLength(asha.numbers.length);
});

test('the highlight stays with the person when somebody comes before them', async () => {
  const { backend, user } = await openWindow();
  await screen.findAllByRole('option');
  await user.keyboard('{ArrowDown}{ArrowDown}');
  await vi.waitFor(() => expect(chosen()).toContain('Ben Carter'));
  const place = vi.spyOn(backend, 'place');

  backend.world.people = [{ ...(people[0] as ContactView), id: 'aaron', name: 'Aaron' }, ...backend.world.people];
  backend.emit({ type: 'contacts' });
  await screen.findByText('Aaron');
  await vi.waitFor(() => expect(chosen()).toContain('Ben Carter'));

  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(place).toHaveBeenCalledTimes(1));
  expect(place.mock.calls[0]?.[0].target).toBe('+442079460031');
});

test('nobody else is called in the place of a person who is gone', async () => {
  const { backend, user } = await openWindow();
  await screen.findAllByRole('option');
  await find(user, 'ben');
  await vi.waitFor(() => expect(chosen()).toContain('Ben Carter'));
  const place = vi.spyOn(backend, 'place');

  backend.world.people = backend.world.people.map((of) => (of.name === 'Ben Carter' ? { ...of, id: '99', name: 'Bent Larsen' } : of));
  backend.emit({ type: 'contacts' });
  await vi.waitFor(() => expect(screen.getByRole('option').textContent).toContain('Bent Larsen'));

  await user.keyboard('{Enter}');
  expect(screen.queryByRole('option', { selected: true })).toBeNull();
  expect(place).not.toHaveBeenCalled();
  expect(field()).toHaveProperty('value', 'ben');
});

test('a number that may mean two is not called by Enter; each is there to be chosen', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');
  backend.nextCheck = {
    number: null,
    shown: null,
    problem: { key: 'errors.number_not_clear.message', params: { text: '1 202 555 0143', numbers: '+1 202-555-0143' } },
    readings: [{ number: '+12025550143', national: '(202) 555-0143', international: '+1 202-555-0143', country: 'US' }],
  };
  await user.type(field(), '1 202 555 0143');
  await screen.findByText('“1 202 555 0143” may mean +1 202-555-0143.');
  await screen.findByRole('option', { name: /202/ });

  await user.keyboard('{Enter}');
  expect(place).not.toHaveBeenCalled();

  await user.keyboard('{ArrowDown}{Enter}');
  await vi.waitFor(() => expect(place).toHaveBeenCalledTimes(1));
  expect(place.mock.calls[0]?.[0].target).toBe('+12025550143');
});

test('what is dialled is told with its reason, and where and what time it is there', async () => {
  const { backend, user } = await openWindow();
  backend.nextCheck = {
    about: {
      notes: [
        { key: 'number.note.national_number', params: { country: 'GB' } },
        { key: 'number.note.trunk_prefix_dropped' },
      ],
      extension: null,
      kind: 'fixed_line',
      place: 'London',
      local_times: [{ zone: 'Europe/London', local_time: '2026-12-01T15:00' }],
    },
  };
  await find(user, '020 7946 0123');
  await screen.findByText('Read with your account’s country, United Kingdom. The leading zero is dialled within the country only.');
  await screen.findByText('Landline');
  await screen.findByText('London, United Kingdom');
  expect(screen.getByText(/ there$/).textContent).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d there$/);
});

test('what is in view is there first, and the others once the keys rest', async () => {
  const { backend, user } = await openWindow({ people: many(150) });
  const asked = vi.spyOn(backend, 'find');
  await find(user, 'P0');

  await vi.waitFor(() => expect(screen.getAllByRole('option')[0]?.getAttribute('aria-setsize')).toBe('100'));
  expect(asked.mock.calls.map(([, , limit]) => limit).at(0)).toBeLessThan(40);
  expect(chosen()).toContain('P00001');
  await screen.findByText(/first 100/i);
});

test('where the pointer is, a row can be called by it', async () => {
  const { user } = await openWindow({ people: many(3) });
  const row = await peoplePane().findByRole('option', { name: /P00002/ });
  const button = () => row.parentElement?.querySelector('button') ?? null;
  expect(button()).toBeNull();

  await user.hover(row);
  expect(button()?.getAttribute('aria-label')).toContain('P00002');
  await user.unhover(row);
  expect(button()).toBeNull();
});
