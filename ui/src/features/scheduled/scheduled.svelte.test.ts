import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError } from '../../backend/fake/backend';
import { account, available, capabilities } from '../../backend/fake/samples';
import { accessibilityProblems, openWindow } from '../../testing/window';

const able = account({ phone_checked: true, capabilities: capabilities({ scheduled_calls: available, schedule_call: available }) });

async function openAccount(of = able) {
  const opened = await openWindow({ accounts: [of] });
  await opened.user.click(screen.getByRole('button', { name: 'Accounts' }));
  return opened;
}

async function openScheduled(of = able) {
  const opened = await openAccount(of);
  await opened.user.click(await screen.findByRole('tab', { name: 'Scheduled calls' }));
  return { ...opened, list: await screen.findByRole('list', { name: 'Scheduled calls' }) };
}

test('what the provider will place is listed by its time, and past ones on demand', async () => {
  const { user, list } = await openScheduled();
  const names = () => within(screen.getByRole('list', { name: 'Scheduled calls' })).getAllByRole('listitem').map((row) => row.getAttribute('aria-label'));
  expect(names()).toEqual(['Asha Rao', 'Ben Carter']);
  expect(list.textContent).toContain('Waiting');
  expect(await accessibilityProblems()).toEqual([]);

  await user.selectOptions(screen.getByRole('combobox', { name: 'Time' }), 'Last 30 days');
  await vi.waitFor(() => expect(screen.getByRole('list', { name: 'Scheduled calls' }).textContent).toContain('Done'));
  expect(names()).toEqual(['Asha Rao']);
});

test('one is called now through the account', async () => {
  const { backend, user } = await openScheduled();
  const placed = vi.spyOn(backend, 'place');
  await user.click(screen.getByRole('button', { name: 'Call now: Ben Carter' }));
  await vi.waitFor(() => expect(placed).toHaveBeenCalledTimes(1));
  expect(placed.mock.calls[0]?.[0]).toMatchObject({ target: '+442079460031', account: 'office', from: null });
});

test('a new one is noted as a callback', async () => {
  const { user } = await openScheduled();
  await user.click(screen.getByRole('button', { name: 'New callback' }));
  expect(await screen.findByRole('dialog', { name: 'New callback' })).toBeTruthy();
});

test('an empty list says how to fill it, and a list that cannot be read why', async () => {
  const { backend, user } = await openAccount();
  vi.spyOn(backend, 'scheduledCalls').mockRejectedValueOnce(apiError('odd_failure')).mockResolvedValueOnce([]);
  await user.click(await screen.findByRole('tab', { name: 'Scheduled calls' }));
  expect((await screen.findByRole('alert')).textContent).toContain('odd_failure');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('No calls scheduled');
});

test('an account whose provider lists none has no such page', async () => {
  await openAccount(account({ capabilities: capabilities({ call_records: available }) }));
  await screen.findByRole('tab', { name: 'Call log' });
  expect(screen.queryByRole('tab', { name: 'Scheduled calls' })).toBeNull();
});
