import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError } from '../../backend/fake/backend';
import { account, available, capabilities } from '../../backend/fake/samples';
import { accessibilityProblems, openWindow } from '../../testing/window';

const able = account({ phone_checked: true, capabilities: capabilities({ provider_contacts: available }) });

async function openContacts() {
  const opened = await openWindow({ accounts: [able], people: [] });
  await opened.user.click(screen.getByRole('button', { name: 'Accounts' }));
  await opened.user.click(await screen.findByRole('tab', { name: 'Contacts' }));
  return { ...opened, list: await screen.findByRole('list', { name: 'Contacts' }) };
}

const row = (name: string) => within(screen.getByRole('listitem', { name }));

test('the address book is read page by page, and reading goes on at the list', async () => {
  const { user, list } = await openContacts();
  expect(within(list).getAllByRole('listitem')).toHaveLength(25);
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Next' }));
  await screen.findByText('Page 2');
  expect(within(screen.getByRole('list', { name: 'Contacts' })).getAllByRole('listitem')).toHaveLength(5);
  expect(document.activeElement).toBe(screen.getByRole('list', { name: 'Contacts' }));
  await user.click(screen.getByRole('button', { name: 'Previous' }));
  await screen.findByText('Page 1');
});

test('somebody is saved with what can be called, the rest as a note, and opened from there', async () => {
  const { backend, user } = await openContacts();
  const added = vi.spyOn(backend, 'addContact');
  await user.click(screen.getByRole('button', { name: 'Save contact Warehouse' }));
  const known = await screen.findByRole('button', { name: 'In your people: Warehouse' });
  expect(added.mock.calls[0]?.[0]).toMatchObject({ name: 'Warehouse', numbers: [['+442079460199', null]], note: 'Extension 214' });
  await vi.waitFor(() => expect(document.activeElement).toBe(known));

  await user.click(known);
  expect(await screen.findByRole('heading', { name: 'Warehouse' })).toBeTruthy();
});

test('an extension is called only where the account can', async () => {
  await openContacts();
  expect(row('Warehouse').getAllByRole('button', { name: /^Call / })).toHaveLength(1);
});

test('calling goes through the account', async () => {
  const { backend, user } = await openContacts();
  const placed = vi.spyOn(backend, 'place');
  await user.click(row('Asha Rao').getByRole('button', { name: /^Call / }));
  await vi.waitFor(() => expect(placed).toHaveBeenCalledTimes(1));
  expect(placed.mock.calls[0]?.[0]).toMatchObject({ target: '+442079460018', account: 'office' });
});

test('a refusal to save stands at the person', async () => {
  const { backend, user } = await openContacts();
  vi.spyOn(backend, 'addContact').mockRejectedValueOnce(apiError('odd_failure'));
  await user.click(screen.getByRole('button', { name: 'Save contact Asha Rao' }));
  expect((await row('Asha Rao').findByRole('alert')).textContent).toContain('odd_failure');
});
