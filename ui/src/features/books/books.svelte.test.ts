import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError } from '../../backend/fake/backend';
import { bookReport } from '../../backend/fake/samples';
import { accessibilityProblems, openWindow, type OpenWindow } from '../../testing/window';

async function openBooks(window: OpenWindow): Promise<void> {
  await window.user.click(screen.getByRole('button', { name: 'Address books' }));
  await screen.findByRole('heading', { name: 'Address books' });
}

test('an address book is added with the keyboard alone, and its password leaves the page', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  const add = vi.spyOn(backend, 'addBook');
  await openBooks(window);
  expect(await accessibilityProblems()).toEqual([]);

  (await screen.findByRole('button', { name: 'Add address book' })).focus();
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(/^Server/)));
  await user.keyboard('https://cloud.example.com{Tab}asha{Tab}made-up-password');
  add.mockRejectedValueOnce(apiError('book_not_chosen', { class: 'usage', params: { books: 'Sales, Support' } }));
  await user.keyboard('{Enter}');
  expect((await screen.findByRole('alert')).textContent).toContain('The server has several address books: Sales, Support.');
  await user.type(screen.getByLabelText('Address book'), 'Sales');
  expect(await accessibilityProblems()).toEqual([]);
  await user.keyboard('{Enter}');

  await screen.findByText('“Sales” was added. Synchronise it now.');
  expect(add).toHaveBeenLastCalledWith({
    server: 'https://cloud.example.com',
    user: 'asha',
    password: 'made-up-password',
    book: 'Sales',
    takes_new: false,
    this_run_only: false,
  });
  expect(document.body.innerHTML).not.toContain('made-up-password');
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Address books' }));
});

test('what a run came to is told, and many deletions wait for a word', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  await backend.addBook({ server: 'https://cloud.example.com', user: 'asha', password: 'made-up', book: null, takes_new: false, this_run_only: false });
  const names = Array.from({ length: 12 }, (_, place) => `Person ${String(place)}`);
  backend.bookReport = bookReport({ here: { added: 3, changed: 1, deleted: 0 }, to_delete_here: names, unreadable: 1 });
  const sync = vi.spyOn(backend, 'syncBook');
  await openBooks(window);
  await screen.findByText(/Not synchronised yet/);

  await user.click(screen.getByRole('button', { name: 'Synchronise “Contacts”' }));
  await screen.findByText(/Here: 3 added, 1 changed, 0 deleted\./);
  screen.getByText('1 card on the server cannot be read as a person and stays as it is.');
  screen.getByText(/Person 9 and 2 more/);
  expect(sync).toHaveBeenLastCalledWith('book-0', 0);
  expect(await accessibilityProblems()).toEqual([]);

  backend.bookReport = { ...backend.bookReport, not_written: ['Asha Rao: too long', 'Asha Rao: too long'], failure: 'the server went away' };
  await user.click(screen.getByRole('button', { name: 'Synchronise “Contacts”' }));
  await screen.findByText('Not gone through to the end: the server went away');
  expect(screen.getAllByText('Not written: Asha Rao: too long')).toHaveLength(2);
  await user.click(screen.getByRole('button', { name: 'Delete 12 people' }));
  expect(sync).toHaveBeenLastCalledWith('book-0', 12);
  await vi.waitFor(() => expect(screen.queryByText('Many would be deleted')).toBeNull());
});

test('what differs on both sides is put side by side and decided', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  const book = await backend.addBook({ server: 'https://cloud.example.com', user: 'asha', password: 'made-up', book: null, takes_new: false, this_run_only: false });
  const side = { name: 'Asha Rao', company: null, email: null, note: null, tags: [], numbers: [['+442079460011', 'work'], ['+442079460011', 'work']] as [string, string][] };
  backend.conflicts = [
    { book_id: book.book_id, book: book.name, contact_id: '1', name: 'Asha Rao', found_at: '2026-11-27T10:00:00Z', ours: side, theirs: { ...side, company: 'Rao & Sons' }, choice: null },
    { book_id: book.book_id, book: book.name, contact_id: '2', name: 'Ben Cole', found_at: '2026-11-27T10:00:00Z', ours: null, theirs: { ...side, name: 'Ben Cole' }, choice: null },
  ];
  await openBooks(window);
  const asha = await screen.findByRole('article', { name: 'Asha Rao, in “Contacts”' });
  within(asha).getByText('Rao & Sons');
  await user.click(within(asha).getByRole('button', { name: 'Keep what is on the server: Asha Rao' }));
  await within(asha).findByText('What is on the server is kept when “Contacts” is synchronised.');

  const ben = screen.getByRole('article', { name: 'Ben Cole, in “Contacts”' });
  within(ben).getByText('Deleted');
  expect(within(ben).queryByRole('button', { name: /Keep both/ })).toBeNull();
  expect(await accessibilityProblems()).toEqual([]);
});

test('a book is removed after a question, which says what stays', async () => {
  const window = await openWindow();
  const { backend, user } = window;
  await backend.addBook({ server: 'https://cloud.example.com', user: 'asha', password: 'made-up', book: null, takes_new: false, this_run_only: false });
  await openBooks(window);
  await user.click(await screen.findByRole('button', { name: 'Remove “Contacts”' }));
  screen.getByText(/The people stay here, and the cards stay on the server\./);
  await user.keyboard('{Enter}');
  await screen.findByText('No address book yet');
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Address books' }));
});
