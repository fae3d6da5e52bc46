import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import type { CallView } from '../../backend/types';
import { apiError } from '../../backend/fake/backend';
import { account, ago, available, call, capabilities, endedCall, sentence } from '../../backend/fake/samples';
import { openWindow } from '../../testing/window';

function legs(): string[] {
  const list = screen.getByRole('list', { name: 'The two halves of this call' });
  return within(list)
    .getAllByRole('listitem')
    .map((item) => item.textContent?.replace(/\s+/g, ' ').trim() ?? '');
}

async function open(of: CallView) {
  const opened = await openWindow({ history: [of] });
  await screen.findByRole('article');
  return opened;
}

test('each leg says how far it has got and whether that was told or assumed', async () => {
  await open(
    call({
      legs: { agent: { state: 'answered', known: 'confirmed' }, customer: { state: 'ringing', known: 'assumed' }, others: [] },
    }),
  );
  expect(legs()).toEqual(['Your phone Answered confirmed', 'Customer Ringing assumed']);
});

test('where the customer is rung first, the other end is not called your phone', async () => {
  await open(
    call({
      dial_order: 'customer_first',
      legs: { agent: { state: 'idle', known: 'assumed' }, customer: { state: 'ringing', known: 'confirmed' }, others: [] },
    }),
  );
  expect(legs()).toEqual(['Customer Ringing confirmed', 'Where your key leads Waiting']);
});

test('the card follows events and announces each state', async () => {
  const ringing = call();
  const { backend } = await open(ringing);
  const heading = screen.getByRole('heading', { name: 'Your phone rings – pick up' });
  expect(heading.getAttribute('aria-live')).toBe('assertive');

  backend.emit({ type: 'call', call: { ...ringing, phase: 'connected', headline: sentence('Connected'), connected_at: ago(65), state_since: ago(2) } });

  await vi.waitFor(() => expect(heading.textContent).toBe('Connected'));
  expect(screen.getByRole('timer').textContent?.trim()).toMatch(/^01:0\d$/);
});

test('the timer of an ended call stands still at the talk time', async () => {
  const running = call();
  const { backend } = await open(running);
  const { id } = running;

  backend.emit({ type: 'call', call: endedCall({ id, talk_seconds: 3725 }) });

  await vi.waitFor(() => expect(screen.getByRole('timer').textContent?.trim()).toBe('1:02:05'));
  expect(screen.getByRole('button', { name: 'Call again' })).toBeTruthy();
  expect(screen.queryByRole('button', { name: 'End' })).toBeNull();
});

test('End answers only after its second of dead time and is sent once', async () => {
  const { backend, user } = await open(call());
  const end = vi.spyOn(backend, 'end');
  const button = screen.getByRole('button', { name: 'End' });

  await user.click(button);
  expect(end).not.toHaveBeenCalled();
  await vi.waitFor(() => expect(button).toHaveProperty('disabled', false), { timeout: 2000 });
  await user.keyboard('{Control>}e{/Control}');

  await screen.findByText('Ends as soon as the provider names the call');
  expect(end).toHaveBeenCalledTimes(1);
});

test('an unconfirmed call offers to check again and to be marked as ended', async () => {
  const { backend, user } = await open(
    call({ phase: 'unconfirmed', dispatch: 'unknown', headline: sentence('No news'), can_check_again: true, can_mark_ended: true, can_end: false }),
  );
  const checkAgain = vi.spyOn(backend, 'checkAgain');

  await user.click(screen.getByRole('button', { name: 'Check again' }));
  expect(checkAgain).toHaveBeenCalledTimes(1);
  const mark = screen.getByRole('button', { name: 'Mark as ended' });
  await vi.waitFor(() => expect(mark).toHaveProperty('disabled', false), { timeout: 2000 });
  await user.click(mark);

  await screen.findByRole('button', { name: 'Call again' });
});

test('a refused call says what the provider said, in small print', async () => {
  const running = call();
  const { backend } = await open(running);
  const { id } = running;

  backend.emit({
    type: 'call',
    call: endedCall({ id, outcome: 'refused', dispatch: 'refused', talk_seconds: null, connected_at: null, headline: sentence('Not sent: key refused (401)'), provider_message: 'Invalid token' }),
  });

  await screen.findByRole('heading', { name: 'Not sent: key refused (401)' });
  expect(screen.getByRole('article').textContent).toContain('The provider says: Invalid token');
  expect(screen.queryByRole('timer')).toBeNull();
});

test('an ended call offers the person’s next number', async () => {
  const running = call();
  const { backend, user } = await open(running);
  backend.emit({ type: 'call', call: endedCall({ id: running.id, outcome: 'customer_no_answer' }) });
  const place = vi.spyOn(backend, 'place');

  await user.click(await screen.findByRole('button', { name: 'Try mobile: 020 7946 0019' }));

  await vi.waitFor(() => expect(place).toHaveBeenCalledTimes(1));
  expect(place.mock.calls[0]?.[0]).toMatchObject({ target: '+442079460019', contact: '1' });
});

test('the note is saved a moment after the last key', async () => {
  const { backend, user } = await open(call());
  const setNote = vi.spyOn(backend, 'setNote');

  await user.type(within(screen.getByRole('article')).getByRole('textbox', { name: 'Note' }), 'Monday');

  await vi.waitFor(() => expect(setNote).toHaveBeenCalled(), { timeout: 2000 });
  expect(setNote.mock.calls.map(([, note]) => note)).toEqual(['Monday']);
});

test('news of the call do not disturb a note that is being written', async () => {
  const running = call();
  const { backend, user } = await open(running);
  const note = within(screen.getByRole('article')).getByRole('textbox', { name: 'Note' });

  await user.type(note, 'Half a sent');
  backend.emit({ type: 'call', call: { ...running, note: null, headline: sentence('Connected') } });
  await screen.findByRole('heading', { name: 'Connected' });

  expect(note).toHaveProperty('value', 'Half a sent');
});

test('whose number several have is none of them for certain, and a click shows who has it', async () => {
  const shared = call({ direction: 'inbound', contact: { id: '1', name: 'Asha Rao', company: null, others: 2 } });
  const { user } = await open(shared);
  expect(screen.queryByRole('button', { name: /^Try/ })).toBeNull();

  await user.click(screen.getByRole('button', { name: 'Asha Rao or 2 others' }));

  await vi.waitFor(() => expect(screen.getByRole('combobox')).toHaveProperty('value', shared.customer));
});

test('an unknown caller can be saved as a person', async () => {
  const { user } = await open(call({ contact: null }));

  await user.click(screen.getByRole('button', { name: 'Save contact' }));

  expect(await screen.findByRole('textbox', { name: 'Number 1' })).toHaveProperty('value', '+44 20 7946 0018');
});

test('a card from yesterday’s history does not come back', async () => {
  await openWindow({ history: [endedCall()] });
  expect(screen.queryByRole('article')).toBeNull();
});

const talking = () => call({ phase: 'connected', headline: sentence('Connected'), connected_at: ago(5) });
const handsOn = account({ capabilities: capabilities({ transfer_call: available }) });

test('a connected call is handed on where the account can', async () => {
  const running = talking();
  const { backend, user } = await openWindow({ history: [running], accounts: [handsOn] });
  const transfer = vi.spyOn(backend, 'transferCall');
  await user.click(await screen.findByRole('button', { name: 'Hand on…' }));
  const dialog = await screen.findByRole('dialog', { name: 'Hand the call with Asha Rao on' });
  await user.type(within(dialog).getByRole('textbox', { name: /^Number or extension/ }), '102');
  await user.click(within(dialog).getByRole('button', { name: 'Hand on' }));

  await screen.findByText('Handed on to 102');
  expect(transfer).toHaveBeenCalledWith(running.id, '102', false, false);
});

test('nothing is handed on before the call is connected, nor where the account cannot', async () => {
  await openWindow({ history: [call()], accounts: [handsOn] });
  await screen.findByRole('article');
  expect(screen.queryByRole('button', { name: 'Hand on…' })).toBeNull();
});

test('an account that cannot hand on offers no such button', async () => {
  await open(talking());
  expect(screen.queryByRole('button', { name: 'Hand on…' })).toBeNull();
});

test('a refused handing on stays in its dialog', async () => {
  const { backend, user } = await openWindow({ history: [talking()], accounts: [handsOn] });
  vi.spyOn(backend, 'transferCall').mockRejectedValueOnce(apiError('odd_failure'));
  await user.click(await screen.findByRole('button', { name: 'Hand on…' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByRole('textbox', { name: /^Number or extension/ }), '102{Enter}');

  expect((await within(dialog).findByRole('alert')).textContent).toContain('odd_failure');
});

test('a warning about whom the call goes to is answered by the same button', async () => {
  const running = talking();
  const { backend, user } = await openWindow({ history: [running], accounts: [handsOn] });
  const transfer = vi.spyOn(backend, 'transferCall');
  transfer.mockRejectedValueOnce(apiError('transfer_needs_confirmation', { params: { findings: 'First call to US.' } }));
  await user.click(await screen.findByRole('button', { name: 'Hand on…' }));
  const dialog = await screen.findByRole('dialog');
  await user.type(within(dialog).getByRole('textbox', { name: /^Number or extension/ }), '+12025550123{Enter}');

  expect((await within(dialog).findByRole('alert')).textContent).toContain('First call to US.');
  await user.click(within(dialog).getByRole('button', { name: 'Hand on' }));
  expect(transfer).toHaveBeenLastCalledWith(running.id, '+12025550123', false, true);
});
