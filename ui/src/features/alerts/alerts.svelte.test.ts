import { screen, within } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';

import { alert, ago, callback, endedCall, settings } from '../../backend/fake/samples';
import { accessibilityProblems, openWindow } from '../../testing/window';

afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
});

/** Whether the window has the keyboard, as far as the page can know. */
function looking(here: boolean): void {
  vi.spyOn(document, 'hasFocus').mockReturnValue(here);
}

test('what was told is listed, the latest first, and is seen once the list is looked at', async () => {
  looking(false);
  const { backend, user } = await openWindow();
  backend.alert(alert({ id: 'a', at: ago(60), title: 'Asha Rao' }));
  backend.alert(alert({ id: 'b', kind: 'failed', at: ago(30), title: 'Ben Carter', body: 'Not sent', held_back: true }));
  await user.click(await screen.findByRole('button', { name: 'Alerts, 1 missed call' }));
  const rows = within(screen.getByRole('region', { name: 'Today' })).getAllByRole('button');
  expect(rows.map((row) => row.textContent.includes('Ben Carter'))).toEqual([true, false]);
  expect(rows[0]?.textContent).toContain('do not disturb was on');
  expect(await accessibilityProblems()).toEqual([]);

  // Nobody looks yet: it waits.
  expect(backend.world.status.attention?.missed).toBe(1);
  looking(true);
  window.dispatchEvent(new Event('focus'));
  await vi.waitFor(() => expect(backend.world.status.attention?.unseen).toBe(0));
  await screen.findByRole('button', { name: 'Alerts' });
});

test('an alert opens its call, its callback or the accounts', async () => {
  looking(true);
  const { backend, user } = await openWindow({ history: [endedCall({ id: 'c1' })], callbacks: [callback()] });
  backend.alert(alert({ id: 'c1', call: 'c1', title: 'The call' }));
  backend.alert(alert({ id: 'b1', kind: 'callback', call: null, callback: 'b1', title: 'The callback' }));
  backend.go({ to: 'alerts' });
  await user.click(await screen.findByText('The callback'));
  await screen.findByRole('heading', { name: 'Callbacks' });
  backend.go({ to: 'alerts' });
  await user.click(await screen.findByText('The call'));
  await screen.findByRole('combobox', { name: 'Name or number' });
});

test('do not disturb is chosen by keys, shown everywhere and ended there', async () => {
  const { backend, user } = await openWindow();
  await user.keyboard('{Control>}k{/Control}');
  await screen.findByRole('dialog', { name: 'Actions' });
  await user.keyboard('disturb hour{Enter}');
  await screen.findByText('Do not disturb until 14:30');
  expect(backend.world.status.attention?.do_not_disturb).not.toBeNull();
  await user.click(screen.getByRole('button', { name: 'Turn off' }));
  await vi.waitFor(() => expect(screen.queryByText('Do not disturb until 14:30')).toBeNull());
});

test('each kind is set by itself, and what the desktop cannot do is said', async () => {
  const notifier = { reachable: true, buttons: false, sounds: false, tells_lock: false };
  const { backend, user } = await openWindow({ notifier });
  backend.go({ to: 'settings' });
  await user.click(await screen.findByRole('radio', { name: 'Missed calls: Silent' }));
  await vi.waitFor(() => expect(backend.world.settings.alerts?.missed).toBe('silent'));
  expect(backend.world.settings.alerts?.callback).toBe('sound');
  await screen.findByText('Your desktop’s notifications play no sounds.');
  await screen.findByText(/small windows of its own/);
  await user.selectOptions(screen.getByRole('combobox', { name: 'Hide names and numbers in notifications' }), 'Always');
  await vi.waitFor(() => expect(backend.world.settings.alerts?.hide_names).toBe('always'));
  expect(await accessibilityProblems()).toEqual([]);
});

test('while names are hidden nobody is changed, and it is said how to show them', async () => {
  const { backend, user } = await openWindow({ settings: { ...settings, privacy: true } });
  await screen.findByText('Names and numbers are hidden');
  await user.keyboard('{Control>}k{/Control}');
  await screen.findByRole('dialog', { name: 'Actions' });
  await user.keyboard('add a person{Enter}');
  await screen.findByText(/Show them to change this person/);
  expect(screen.queryByRole('textbox', { name: /Name/ })).toBeNull();
  await user.click(screen.getByRole('button', { name: 'Show them' }));
  await vi.waitFor(() => expect(backend.world.settings.privacy).toBe(false));
});
