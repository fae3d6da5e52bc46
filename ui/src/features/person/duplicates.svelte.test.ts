import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { people } from '../../backend/fake/samples';
import type { ContactView } from '../../backend/types';
import { accessibilityProblems, openWindow } from '../../testing/window';

const [asha, ben] = people as [ContactView, ContactView, ...ContactView[]];
const twin: ContactView = { ...ben, id: 'twin', name: 'B. Carter', do_not_call: true };

async function openDuplicates() {
  const opened = await openWindow({ people: [asha, ben, twin] });
  await opened.user.click(screen.getByRole('button', { name: 'Duplicates' }));
  return opened;
}

test('people who seem to be one are merged with the name that is chosen, and are two again', async () => {
  const { backend, user } = await openDuplicates();
  const group = await screen.findByRole('region', { name: 'Ben Carter, B. Carter' });
  within(group).getByText(/^Same number, /);
  await user.click(within(group).getByRole('radio', { name: 'B. Carter' }));
  const preview = within(group).getByRole('group', { name: 'What they will be' });
  await within(preview).findByText('B. Carter');
  within(preview).getByText('Not to be called');
  expect(await accessibilityProblems()).toEqual([]);

  const merge = vi.spyOn(backend, 'mergeContacts');
  await user.click(within(group).getByRole('button', { name: 'Merge' }));
  await screen.findByText('Nobody is here twice');
  expect(merge.mock.calls).toEqual([[{ contact_ids: [ben.id, 'twin'], keep: { name: 'twin' } }]]);
  expect(document.activeElement).toBe(screen.getByRole('heading', { name: 'Duplicates' }));

  await user.click(screen.getByRole('button', { name: 'Undo the merge of B. Carter' }));
  await screen.findByRole('region', { name: 'Ben Carter, B. Carter' });
});

test('different people are not offered again, and one alone cannot be merged', async () => {
  const { user } = await openDuplicates();
  const group = await screen.findByRole('region', { name: 'Ben Carter, B. Carter' });
  await user.click(within(group).getByRole('checkbox', { name: /^B\. Carter/ }));
  await vi.waitFor(() => expect(within(group).getByRole('button', { name: 'Merge' })).toHaveProperty('disabled', true));
  await user.click(within(group).getByRole('checkbox', { name: /^B\. Carter/ }));

  await user.click(within(group).getByRole('button', { name: 'Different people' }));
  await screen.findByText('Nobody is here twice');
});

test('what could not be merged says why and stays', async () => {
  const { backend, user } = await openDuplicates();
  const group = await screen.findByRole('region', { name: 'Ben Carter, B. Carter' });
  vi.spyOn(backend, 'mergeContacts').mockRejectedValueOnce(new Error('the disk is full'));
  await vi.waitFor(() => expect(within(group).getByRole('button', { name: 'Merge' })).toHaveProperty('disabled', false));
  await user.click(within(group).getByRole('button', { name: 'Merge' }));
  await within(group).findByText(/the disk is full/);
});
