import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError } from '../../backend/fake/backend';
import { account, ago, available, call, callback, capabilities, endedCall } from '../../backend/fake/samples';
import { accessibilityProblems, find, openWindow } from '../../testing/window';

const asha = /^Call Asha Rao \(work\) back later$/;

async function openDialog(world: Parameters<typeof openWindow>[0] = {}) {
  const opened = await openWindow(world);
  await find(opened.user, 'asha');
  await opened.user.keyboard('{ArrowDown}{ArrowUp}');
  await opened.user.click(await screen.findByRole('button', { name: asha }));
  return { ...opened, dialog: await screen.findByRole('dialog', { name: 'Call Asha Rao back' }) };
}

test('a callback is noted for a person with number, time, note and reminder', async () => {
  const { backend, user, dialog } = await openDialog();
  const add = vi.spyOn(backend, 'addCallback');
  const when = within(dialog).getByRole('textbox', { name: /^When/ });
  expect(when).toHaveProperty('value', 'in 30m');
  expect(within(dialog).getByRole('textbox', { name: /^Number/ })).toHaveProperty('value', '020 7946 0018');

  await user.click(within(dialog).getByRole('button', { name: 'Tomorrow 10:00' }));
  await within(dialog).findByText('Tomorrow, 10:00');
  expect(within(dialog).getByText('Tomorrow, 05:00')).toBeTruthy();
  await user.type(within(dialog).getByRole('textbox', { name: 'Note' }), 'About the offer');
  await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Remind me' }), '10 minutes before');
  await user.selectOptions(within(dialog).getByRole('combobox', { name: 'Call from' }), 'Support · +44 20 7946 0102');
  expect(within(dialog).queryByRole('checkbox', { name: /^Also schedule/ })).toBeNull();
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(dialog).getByRole('button', { name: 'Note callback' }));

  await screen.findByText(/^Noted: call Asha Rao back\. Tomorrow, 10:00/);
  expect(add).toHaveBeenCalledTimes(1);
  expect(add.mock.calls[0]?.[0]).toMatchObject({
    target: '+442079460018',
    contact: '1',
    when: 'tomorrow 10:00',
    account: 'office',
    from: '+442079460102',
    note: 'About the offer',
    reminder_min: 10,
    push: false,
  });
  expect(screen.getByRole('button', { name: 'Callbacks, 1 open' })).toBeTruthy();
});

test('a time that is none is said at its field and nothing is noted', async () => {
  const { backend, user, dialog } = await openDialog();
  const add = vi.spyOn(backend, 'addCallback');
  const when = within(dialog).getByRole('textbox', { name: /^When/ });

  await user.clear(when);
  await user.type(when, 'whenever{Enter}');

  await vi.waitFor(() => expect(when.getAttribute('aria-invalid')).toBe('true'));
  expect(within(dialog).getByRole('button', { name: 'Note callback' })).toHaveProperty('disabled', true);
  expect(add).not.toHaveBeenCalled();
});

test('scheduling at the provider is offered only where it can be, and says that it cannot be taken back', async () => {
  const able = account({ capabilities: capabilities({ schedule_call: available }), settings: { agent_id: '0501234567890' } });
  const { backend, user, dialog } = await openDialog({ accounts: [able] });
  const add = vi.spyOn(backend, 'addCallback');

  await user.click(within(dialog).getByRole('checkbox', { name: 'Also schedule at Acefone UK' }));
  expect(dialog.textContent).toContain('offers no way to move or withdraw it');
  await user.click(within(dialog).getByRole('button', { name: 'Note callback' }));

  await vi.waitFor(() => expect(add).toHaveBeenCalledTimes(1));
  expect(add.mock.calls[0]?.[0]).toMatchObject({ push: true, assigned_to: '0501234567890' });
});

test('an account that hands callbacks on by itself has the box ticked, and it can be unticked', async () => {
  const able = account({ capabilities: capabilities({ schedule_call: available }), settings: { agent_id: '0501234567890' }, push_callbacks: true });
  const { backend, user, dialog } = await openDialog({ accounts: [able] });
  const add = vi.spyOn(backend, 'addCallback');
  const box = within(dialog).getByRole('checkbox', { name: 'Also schedule at Acefone UK' });
  expect(box).toHaveProperty('checked', true);
  expect(dialog.textContent).toContain('offers no way to move or withdraw it');

  await user.click(box);
  await user.click(within(dialog).getByRole('button', { name: 'Note callback' }));
  await vi.waitFor(() => expect(add).toHaveBeenCalledTimes(1));
  expect(add.mock.calls[0]?.[0]).toMatchObject({ push: false });
});

test('a refusal stays in the dialog with what was typed', async () => {
  const { backend, user, dialog } = await openDialog();
  vi.spyOn(backend, 'addCallback').mockRejectedValueOnce(apiError('odd_failure'));
  await user.type(within(dialog).getByRole('textbox', { name: 'Note' }), 'Kept');
  await within(dialog).findByText(/^Your clock/);
  await user.click(within(dialog).getByRole('button', { name: 'Note callback' }));

  expect((await within(dialog).findByRole('alert')).textContent).toContain('odd_failure');
  expect(within(dialog).getByRole('textbox', { name: 'Note' })).toHaveProperty('value', 'Kept');
});

test('history and a card without an answer lead to the dialog', async () => {
  const running = call();
  const { backend, user } = await openWindow({ history: [running, endedCall()] });
  await user.click((await screen.findAllByRole('button', { name: 'Call Asha Rao back later' }))[0] as HTMLElement);
  await user.click(within(await screen.findByRole('dialog')).getByRole('button', { name: 'Cancel' }));

  backend.emit({ type: 'call', call: endedCall({ id: running.id, outcome: 'customer_no_answer' }) });
  await user.click(await screen.findByRole('button', { name: 'Call back later' }));
  expect(await screen.findByRole('dialog', { name: 'Call Asha Rao back' })).toBeTruthy();
});

const later = callback({ due_at: ago(-600), contact: { id: '8', name: 'George Osei', company: 'Osei Print', others: 0 } });
const overdue = callback({ due_at: ago(-300), overdue: true, due: true });

async function openList() {
  const opened = await openWindow({ callbacks: [later, overdue] });
  await opened.user.keyboard('{Control>}b{/Control}');
  const list = await screen.findByRole('list', { name: 'Open callbacks' });
  return { ...opened, list };
}

test('Ctrl+B lists the open ones, overdue first, and the navigation counts them', async () => {
  const { list } = await openList();

  expect(within(list).getAllByRole('listitem').map((item) => item.getAttribute('aria-label'))).toEqual(['Asha Rao', 'George Osei']);
  expect(within(list).getByText('Overdue')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Callbacks, 2 open, 1 overdue' })).toBeTruthy();
  expect(await accessibilityProblems()).toEqual([]);
});

test('a callback is done, put off and moved', async () => {
  const { backend, user, list } = await openList();
  const snooze = vi.spyOn(backend, 'snoozeCallback');

  await user.click(within(list).getByRole('button', { name: '+10 min: Asha Rao' }));
  await within(list).findByText(/^Reminds you again/);
  await user.click(within(list).getByRole('button', { name: 'Move the callback to George Osei' }));
  const dialog = await screen.findByRole('dialog');
  await user.click(within(dialog).getByRole('button', { name: 'Next Monday' }));
  await user.click(within(dialog).getByRole('button', { name: 'Move' }));
  await vi.waitFor(() => expect(snooze.mock.calls).toEqual([[overdue.id, 'in 10m'], [later.id, 'next monday']]));

  await user.click(within(list).getByRole('button', { name: 'Callback to George Osei is done' }));
  await vi.waitFor(() => expect(within(list).queryByRole('listitem', { name: 'George Osei' })).toBeNull());
  await user.click(screen.getByRole('button', { name: 'Show done and dropped' }));
  expect(within(await screen.findByRole('list', { name: 'Done and dropped callbacks' })).getByRole('listitem', { name: 'George Osei' })).toBeTruthy();
});

test('a callback is marked important, and one like the others again', async () => {
  const { list, user, backend } = await openList();
  const mark = vi.spyOn(backend, 'markCallback');
  const button = within(list).getByRole('button', { name: 'Remind me of George Osei even when do not disturb is on' });
  expect(button.getAttribute('aria-pressed')).toBe('false');
  await user.click(button);
  await vi.waitFor(() => expect(button.getAttribute('aria-pressed')).toBe('true'));
  await user.click(button);
  await vi.waitFor(() => expect(button.getAttribute('aria-pressed')).toBe('false'));
  expect(mark.mock.calls).toEqual([[later.id, true], [later.id, false]]);
});

test('a callback is dropped only after a second question', async () => {
  const { backend, user, list } = await openList();
  const cancel = vi.spyOn(backend, 'cancelCallback');

  await user.click(within(list).getByRole('button', { name: 'Drop the callback to Asha Rao' }));
  expect(cancel).not.toHaveBeenCalled();
  await user.click(within(list).getByRole('button', { name: 'Drop' }));

  await vi.waitFor(() => expect(cancel).toHaveBeenCalledWith(overdue.id));
  await vi.waitFor(() => expect(within(list).queryByRole('listitem', { name: 'Asha Rao' })).toBeNull());
});

test('Call now is one gesture through the callback itself, and its warnings are asked on the deck', async () => {
  const { backend, user, list } = await openList();
  const callBack = vi.spyOn(backend, 'callCallback');
  backend.nextPlace = { result: 'needs_confirmation', findings: [{ verdict: 'warn', reason: 'outside_hours', country: 'GB', local_time: '06:40' }] };

  await user.click(within(list).getByRole('button', { name: 'Call now: Asha Rao' }));
  const question = await screen.findByRole('alertdialog', { name: 'Before calling Asha Rao' });
  const goOn = within(question).getByRole('button', { name: 'Call anyway' });
  await vi.waitFor(() => expect(goOn).toHaveProperty('disabled', false), { timeout: 2000 });
  await user.click(goOn);

  await screen.findByRole('article', { name: 'Call with Asha Rao' });
  const [first, second] = callBack.mock.calls;
  expect(first?.slice(0, 3)).toEqual([overdue.id, false, false]);
  expect(second).toEqual([overdue.id, true, false, first?.[3]]);
});

test('a list that cannot be read says so and is asked for again; an empty one teaches the next step', async () => {
  const { FakeBackend } = await import('../../backend/fake/backend');
  const { show } = await import('../../testing/window');
  const backend = new FakeBackend();
  vi.spyOn(backend, 'callbacks').mockRejectedValueOnce(apiError('odd_failure'));
  const user = await show(backend);
  await user.click(screen.getByRole('button', { name: 'Callbacks' }));

  await screen.findByRole('alert');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByText('No callbacks');
});
