import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError, FakeBackend } from '../../backend/fake/backend';
import { account, available, capabilities } from '../../backend/fake/samples';
import { accessibilityProblems, find, show } from '../../testing/window';

const able = account({ provider_name: 'Superfone', capabilities: capabilities({ leads: available, call_notes: available }) });

async function openPerson(name: string, prepare: (backend: FakeBackend) => void = () => {}) {
  const backend = new FakeBackend({ accounts: [able] });
  prepare(backend);
  const user = await show(backend);
  await find(user, name);
  await user.click(screen.getByRole('option', { selected: true }));
  const card = await screen.findByRole('region', { name: 'At Superfone' });
  return { backend, user, card };
}

test('a person’s lead stands beside them with its main fields', async () => {
  const { card } = await openPerson('asha');
  await within(card).findByText('Offer sent');
  expect(within(card).getByText('Wholesale')).toBeTruthy();
  expect(within(within(card).getByRole('list', { name: 'Labels' })).getByText('Priority')).toBeTruthy();
  expect(await accessibilityProblems()).toEqual([]);
});

test('only what was changed of a lead is sent', async () => {
  const { backend, user, card } = await openPerson('asha');
  const save = vi.spyOn(backend, 'saveLead');
  await user.click(await within(card).findByRole('button', { name: 'Edit at Superfone' }));
  await user.selectOptions(await within(card).findByRole('combobox', { name: 'Stage' }), 'Won');
  await user.click(within(card).getByRole('checkbox', { name: 'Renewal' }));
  await user.click(within(card).getByRole('checkbox', { name: 'Priority' }));
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(card).getByRole('button', { name: 'Save' }));

  await within(card).findByText('Won');
  expect(save.mock.calls[0]).toMatchObject([
    'office',
    {
      number: '+442079460018',
      create: false,
      first_name: null,
      company: null,
      stage: 'Won',
      group: null,
      add_labels: ['Renewal'],
      remove_labels: ['Priority'],
    },
  ]);
});

test('somebody the provider does not know can be added there', async () => {
  const { backend, user, card } = await openPerson('ben');
  const save = vi.spyOn(backend, 'saveLead');
  await within(card).findByText('Superfone knows nobody by this number.');
  await user.click(within(card).getByRole('button', { name: 'Add them there' }));
  await user.click(await within(card).findByRole('button', { name: 'Save' }));

  await vi.waitFor(() => expect(save).toHaveBeenCalledTimes(1));
  expect(save.mock.calls[0]?.[1]).toMatchObject({ create: true, number: '+442079460031', first_name: 'Ben', last_name: 'Carter' });
});

test('a lookup that failed says why and is tried again', async () => {
  const { user, card } = await openPerson('asha', (backend) => vi.spyOn(backend, 'lead').mockRejectedValueOnce(apiError('odd_failure')));
  expect((await within(card).findByRole('alert')).textContent).toContain('odd_failure');
  await user.click(within(card).getByRole('button', { name: 'Try again' }));
  await within(card).findByText('Offer sent');
});

test('notes of the provider are listed, and none is said to be none', async () => {
  await openPerson('asha');
  const notes = await screen.findByRole('region', { name: 'Notes at Superfone' });
  await within(notes).findByText('Asked for the price list in euros.');
  expect(within(notes).getByText(/^Tom Baker · /)).toBeTruthy();
});

test('a person without notes at the provider', async () => {
  await openPerson('asha', (backend) => (backend.world.notes = []));
  await screen.findByText('No notes about this number.');
});

test('people who are only passed by are not looked up', async () => {
  const backend = new FakeBackend({ accounts: [able] });
  const lead = vi.spyOn(backend, 'lead');
  const user = await show(backend);
  await screen.findAllByRole('option');
  await user.keyboard('{ArrowDown}{ArrowDown}{ArrowDown}{ArrowDown}');
  await screen.findByRole('heading', { name: 'Contoso Facilities Management' });

  await screen.findByText('Superfone knows nobody by this number.');
  expect(lead.mock.calls).toEqual([['office', '+442079460052']]);
});
