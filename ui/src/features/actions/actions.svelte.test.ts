import { screen, within } from '@testing-library/svelte';
import type { UserEvent } from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';

import { accessibilityProblems, find, openWindow } from '../../testing/window';

const ACTIONS = '{Control>}k{/Control}';

/** The list of actions, opened from the field. */
async function openActions(user: UserEvent): Promise<HTMLElement> {
  await user.keyboard(ACTIONS);
  return screen.findByRole('dialog', { name: 'Actions' });
}

test('from the field Ctrl+K lists what can be done with whoever is chosen', async () => {
  const { backend, user } = await openWindow();
  await find(user, 'ben');
  const dialog = await openActions(user);
  const labels = within(dialog).getAllByRole('option').map(({ textContent }) => textContent.trim());
  expect(labels[0]).toMatch(/^Call Ben Carter/);
  expect(labels).toContain('Do not call Ben Carter any more');
  expect(await accessibilityProblems()).toEqual([]);

  const mark = vi.spyOn(backend, 'markContact');
  await user.keyboard('favour{Enter}');
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(mark.mock.calls[0]).toEqual(['2', { favourite: true, do_not_call: null, add_tags: [], remove_tags: [] }]);
});

test('an action that fails says why and stays', async () => {
  const { backend, user } = await openWindow();
  await find(user, 'ben');
  vi.spyOn(backend, 'markContact').mockRejectedValueOnce(new Error('the disk is full'));
  const dialog = await openActions(user);
  await user.keyboard('favour{Enter}');
  await within(dialog).findByText(/the disk is full/);
});

test('the first action calls, once', async () => {
  const { backend, user } = await openWindow();
  await find(user, 'ben');
  await openActions(user);
  const place = vi.spyOn(backend, 'place');
  await user.keyboard('{Enter}');
  await vi.waitFor(() => expect(place).toHaveBeenCalledTimes(1));
  expect(place.mock.calls[0]?.[0].target).toBe('+442079460031');
});

test('with nobody chosen there is what can be done from anywhere', async () => {
  const { user } = await openWindow();
  await screen.findAllByRole('option');
  const dialog = await openActions(user);
  expect(within(dialog).queryByRole('option', { name: /^Call / })).toBeNull();
  await user.keyboard('zzz');
  await within(dialog).findByText('No action is called that.');
  await user.clear(screen.getByRole('combobox', { name: 'Find an action' }));
  await user.keyboard('sett{Enter}');
  await screen.findByRole('heading', { name: 'Settings' });
});
