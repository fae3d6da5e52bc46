import { screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { endedCall } from '../backend/fake/samples';
import { field, openWindow, peoplePane } from '../testing/window';

test('the field has focus when the window opens', async () => {
  await openWindow();
  expect(document.activeElement).toBe(field());
});

test('arrows choose a row, say which, and show the person', async () => {
  const { user } = await openWindow();
  await screen.findAllByRole('option');

  await user.keyboard('{ArrowDown}{ArrowDown}');

  const chosen = peoplePane().getByRole('option', { selected: true });
  expect(chosen.textContent).toContain('Ben Carter');
  expect(field().getAttribute('aria-activedescendant')).toBe(chosen.id);
  await screen.findByRole('heading', { name: 'Ben Carter' });
});

test('Ctrl+K comes back to the field from anywhere', async () => {
  const { user } = await openWindow();
  await user.keyboard('{Control>},{/Control}');
  await screen.findByRole('heading', { name: 'Settings' });

  await user.keyboard('{Control>}k{/Control}');

  await vi.waitFor(() => expect(document.activeElement).toBe(field()));
});

test('Ctrl+H shows recent calls', async () => {
  const { user } = await openWindow({ history: [endedCall()] });
  await screen.findAllByRole('option');
  await user.keyboard('{ArrowDown}');
  await screen.findByRole('heading', { name: 'Asha Rao' });

  await user.keyboard('{Control>}h{/Control}');

  await vi.waitFor(() => expect(screen.queryByRole('heading', { name: 'Asha Rao' })).toBeNull());
  // The call ended a while ago: just after midnight that was yesterday.
  expect(screen.getByText(/^(Today|Yesterday)$/)).toBeTruthy();
});

test('Escape clears the text first and then the choice', async () => {
  const { user } = await openWindow();
  await user.keyboard('asha');
  expect(field()).toHaveProperty('value', 'asha');

  await user.keyboard('{Escape}');

  expect(field()).toHaveProperty('value', '');
  expect(document.activeElement).toBe(field());
});

test('typing anywhere lands in the field', async () => {
  const { user } = await openWindow();
  screen.getByRole('button', { name: 'Keys' }).focus();

  await user.keyboard('b');

  expect(document.activeElement).toBe(field());
});

test('the question mark opens the list of keys, Escape closes it', async () => {
  const { user } = await openWindow();
  screen.getByRole('button', { name: 'Keys' }).focus();

  await user.keyboard('?');
  await screen.findByRole('dialog', { name: 'Keys' });
  await user.click(screen.getByRole('button', { name: 'Close' }));

  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
});

test('a request to show the window puts its number into the field and calls nobody', async () => {
  const { backend } = await openWindow();
  const place = vi.spyOn(backend, 'place');

  backend.emit({ type: 'show_window', prefill: '+442079460055' });

  await vi.waitFor(() => expect(field()).toHaveProperty('value', '+442079460055'));
  expect(place).not.toHaveBeenCalled();
});
