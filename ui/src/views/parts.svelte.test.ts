// Here no part is fetched before it is asked for.
import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import App from '../App.svelte';
import { FakeBackend } from '../backend/fake/backend';
import { field } from '../testing/window';

async function openCold() {
  const backend = new FakeBackend();
  const painted = vi.spyOn(backend, 'painted');
  render(App, { backend });
  await screen.findByRole('combobox', { name: 'Name or number' });
  expect(painted).not.toHaveBeenCalled();
  return userEvent.setup();
}

test('keys open dialogs that are not here yet', async () => {
  const user = await openCold();

  await user.keyboard('{Control>}/{/Control}');
  await screen.findByRole('dialog', { name: 'Keys' });
  await user.click(screen.getByRole('button', { name: 'Close' }));

  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  await user.click(field());
  await user.keyboard('{Control>}k{/Control}');
  await screen.findByRole('dialog', { name: 'Actions' });
});

test('a view that is not here yet has the focus when it is asked for', async () => {
  const user = await openCold();

  await user.keyboard('{Control>},{/Control}');

  await screen.findByRole('heading', { name: 'Settings' });
  expect(document.activeElement).toBe(screen.getByRole('main'));
});

test('a form that is not here yet takes the focus to its first field', async () => {
  const user = await openCold();

  await user.click(screen.getAllByRole('button', { name: 'Add person' })[0] as HTMLElement);

  const name = await screen.findByRole('textbox', { name: 'Name' });
  await vi.waitFor(() => expect(document.activeElement).toBe(name));
});
