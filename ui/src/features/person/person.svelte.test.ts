import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import type { ContactView } from '../../backend/types';
import { apiError } from '../../backend/fake/backend';
import { callback, people } from '../../backend/fake/samples';
import { accessibilityProblems, find, openWindow, type OpenWindow } from '../../testing/window';

async function openAsha(window: OpenWindow): Promise<void> {
  await find(window.user, 'asha');
  await window.user.click(screen.getAllByRole('option')[0] as HTMLElement);
  await screen.findByRole('heading', { name: 'Asha Rao' });
}

test('tags are added, several at once, and taken off, with the keyboard alone', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  const mark = vi.spyOn(backend, 'markContact');
  await openAsha(window);

  screen.getByRole('button', { name: 'Add a tag' }).focus();
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole('textbox', { name: 'New tag' })));
  await user.keyboard('Key account, renewal{Enter}');
  expect(mark.mock.calls[0]?.[1].add_tags).toEqual(['Key account', 'renewal']);
  const tags = await screen.findByRole('list', { name: 'Tags' });
  expect(within(tags).getAllByRole('listitem').map(({ textContent }) => textContent.trim())).toEqual(['Key account', 'renewal']);
  expect(await accessibilityProblems()).toEqual([]);

  await user.keyboard('{Escape}');
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a tag' })));
  screen.getByRole('button', { name: 'Remove the tag Key account' }).focus();
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(screen.queryByText('Key account')).toBeNull());
  expect(mark.mock.calls[1]?.[1].remove_tags).toEqual(['Key account']);
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a tag' })));
});

test('a tag that could not be kept stays typed, with the reason', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  await openAsha(window);
  vi.spyOn(backend, 'markContact').mockRejectedValueOnce(apiError('database_failed', { params: { why: 'disk full' } }));

  await user.click(screen.getByRole('button', { name: 'Add a tag' }));
  await user.keyboard('renewal{Enter}');
  await screen.findByRole('alert');
  expect(screen.getByRole('textbox', { name: 'New tag' })).toHaveProperty('value', 'renewal');
});

test('the number that somebody is called from is seen and changed on their page, for this very person', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  const keep = vi.spyOn(backend, 'keepCallFrom');
  await openAsha(window);
  const select = screen.getByRole('combobox', { name: 'Always call from' });
  expect(select).toHaveProperty('value', '');

  await user.selectOptions(select, '+442079460102');
  expect(keep).toHaveBeenLastCalledWith('Asha Rao', 'office', '+442079460102', '1');
  await screen.findByText('Always for them', { selector: 'span' });
  await vi.waitFor(() => expect(screen.getByRole('combobox', { name: 'Always call from' })).toHaveProperty('value', '+442079460102'));

  keep.mockRejectedValueOnce(apiError('database_failed', { params: { why: 'disk full' } }));
  await user.selectOptions(screen.getByRole('combobox', { name: 'Always call from' }), '');
  await screen.findByRole('alert');
  expect(screen.getByRole('combobox', { name: 'Always call from' })).toHaveProperty('value', '+442079460102');
});

test('a kept number that no call is made from is shown, and said not to be used', async () => {
  const [asha, ...others] = people as [ContactView, ...ContactView[]];
  const gone = { account: 'office', number: '+442079460199', label: null, national: '020 7946 0199', international: '+44 20 7946 0199', in_use: false };
  const window = await openWindow({ people: [{ ...asha, call_from: [gone] }, ...others] });
  await openAsha(window);
  const select = screen.getByRole('combobox', { name: 'Always call from' });
  expect(select).toHaveProperty('value', gone.number);
  expect(within(select).getByRole('option', { selected: true }).textContent).toBe('+44 20 7946 0199');
  expect(screen.getByText(/^Not used now/).id).toBe(select.getAttribute('aria-describedby'));
});

test('favourites say in the list from which number they are always called', async () => {
  const [asha, ben] = people as [ContactView, ContactView];
  const kept = { account: 'office', number: '+442079460102', label: 'Support', national: '020 7946 0102', international: '+44 20 7946 0102', in_use: true };
  await openWindow({ people: [asha, { ...ben, favourite: true, call_from: [kept] }] });
  const options = await screen.findAllByRole('option');
  expect(options[0]?.textContent).toContain('Ben Carter');
  expect(options[0]?.textContent).toContain('from Support');
  expect(options[1]?.textContent).not.toContain('from Support');
});

test('open callbacks stand on the page of the person, and are kept, moved and done there', async () => {
  const theirs = callback();
  const someoneElses = callback({ contact: { id: '2', name: 'Ben Carter', company: 'Carter & Sons', others: 0 } });
  const window = await openWindow({ callbacks: [theirs, someoneElses] });
  const { backend, user } = window;
  const keep = vi.spyOn(backend, 'callCallback');
  await openAsha(window);
  const region = await screen.findByRole('region', { name: 'To be called back' });
  expect(within(region).getAllByRole('listitem')).toHaveLength(1);
  expect(await accessibilityProblems()).toEqual([]);

  await user.click(within(region).getByRole('button', { name: 'Call now: Asha Rao' }));
  await vi.waitFor(() => expect(keep.mock.calls[0]?.[0]).toBe(theirs.id));

  await user.click(within(region).getByRole('button', { name: 'Callback to Asha Rao is done' }));
  await vi.waitFor(() => expect(screen.queryByRole('region', { name: 'To be called back' })).toBeNull());
});
