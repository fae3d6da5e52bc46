import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import type { PlaceReply } from '../backend/types';
import { apiError, FakeBackend } from '../backend/fake/backend';
import { account, call, dids, endedCall, sandbox } from '../backend/fake/samples';
import { field, find, openWindow, show } from '../testing/window';

test('enter calls the highlighted person once, with the account and the person', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');

  await find(user, 'chlo');
  await user.keyboard('{Enter}');

  await screen.findByRole('article', { name: 'Call with Chloé Dubois' });
  expect(place).toHaveBeenCalledTimes(1);
  expect(place.mock.calls[0]?.[0]).toMatchObject({
    target: '+442079460044',
    contact: '3',
    account: 'office',
    from: null,
    yes: false,
    despite_unknown: false,
  });
  expect(place.mock.calls[0]?.[0].intent).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('ten impatient clicks on the Call button place one call', async () => {
  const { backend, user } = await openWindow();
  let answer: (reply: PlaceReply) => void = () => {};
  backend.nextPlace = new Promise<PlaceReply>((resolve) => (answer = resolve));
  const place = vi.spyOn(backend, 'place');

  await find(user, 'chlo');
  const button = screen.getByRole('button', { name: 'Call Chloé Dubois' });
  for (let clicks = 0; clicks < 5; clicks += 1) await user.click(button);
  expect(button.getAttribute('aria-busy')).toBe('true');
  answer({ result: 'placed', call: call() });
  await screen.findByRole('article');
  for (let clicks = 0; clicks < 5; clicks += 1) await user.click(button);
  await user.keyboard('{Enter}');

  expect(place).toHaveBeenCalledTimes(1);
});

test('a held Enter key is one gesture', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');

  await find(user, 'chlo');
  await user.keyboard('{Enter>5/}');

  await screen.findByRole('article');
  expect(place).toHaveBeenCalledTimes(1);
});

test('a person who was not on screen yet is shown by Enter, not called', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');
  await find(user, 'chlo');
  const known = backend.find.bind(backend);
  let found: () => void = () => {};
  vi.spyOn(backend, 'find').mockImplementationOnce(async (...asked) => {
    await new Promise<void>((resolve) => (found = resolve));
    return known(...asked);
  });

  await user.type(field(), 'o{Enter}');
  found();
  await screen.findByRole('option', { selected: true });

  expect(place).not.toHaveBeenCalled();
});

test('a typed number is called as it was typed', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');

  await find(user, '020 7946 0055');
  await user.keyboard('{Enter}');

  await screen.findByRole('article');
  expect(place.mock.calls[0]?.[0]).toMatchObject({ target: '+442079460055', contact: null });
});

test('a number that several have is called without saying who of them it is', async () => {
  const { backend, user } = await openWindow();
  backend.nextCheck = { contact: { id: '1', name: 'Asha Rao', company: null, others: 2 } };
  const place = vi.spyOn(backend, 'place');

  await find(user, '020 7946 0018');
  await user.keyboard('{Enter}');

  await screen.findByRole('article');
  expect(place.mock.calls[0]?.[0]).toMatchObject({ target: '+442079460018', contact: null });
});

test('keys that are meant for the quick dial bar call nobody', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');

  await find(user, '020 7946 0055');
  backend.barComes();
  await user.keyboard('{Enter}');

  expect(place).not.toHaveBeenCalled();
});

test('the empty field brings the last number back without calling it', async () => {
  const { backend, user } = await openWindow({ history: [call({ phase: 'ended', outcome: 'talked' })] });
  const place = vi.spyOn(backend, 'place');

  await user.click(field());
  await user.keyboard('{Enter}');

  await vi.waitFor(() => expect(field()).toHaveProperty('value', '+442079460018'));
  expect(place).not.toHaveBeenCalled();
});

test('a digit in the call panel chooses the number to call from', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');

  await find(user, 'chlo');
  screen.getByRole('button', { name: /^Call from/ }).focus();
  await user.keyboard('3');
  expect(screen.getByRole('button', { name: /^Call from/ }).textContent).toContain('+1 202-555-0142');
  await user.click(screen.getByRole('button', { name: 'Call Chloé Dubois' }));

  await screen.findByRole('article');
  expect(place.mock.calls[0]?.[0].from).toBe('+12025550142');
});

test('the picker tells each number with its label and country, and is worked by keys', async () => {
  const { user } = await openWindow();
  await find(user, 'chlo');

  await user.click(screen.getByRole('button', { name: /^Call from/ }));
  const picker = screen.getByRole('listbox', { name: 'Call from' });
  expect(within(picker).getAllByRole('option').map((option) => option.textContent?.replace(/\s+/g, ' ').trim())).toEqual([
    '1 +44 20 7946 0101 Sales London · Queue London GB',
    '2 +44 20 7946 0102 Support · Queue London GB',
    '3 +1 202-555-0142 Sales US · Queue West US',
  ]);
  await user.keyboard('{ArrowDown}{Enter}');

  expect(screen.queryByRole('listbox', { name: 'Call from' })).toBeNull();
  expect(screen.getByRole('button', { name: /^Call from/ }).textContent).toContain('+44 20 7946 0102');
});

test('one number to call from is plain text', async () => {
  const only = account();
  await openWindow({ accounts: [{ ...only, dids: only.dids.slice(0, 1) }] });

  expect(screen.queryByRole('button', { name: /^Call from/ })).toBeNull();
  expect(screen.getByRole('region', { name: 'Call' }).textContent).toContain('+44 20 7946 0101');
});

test('a warning asks first, and going on keeps the gesture', async () => {
  const backend = new FakeBackend();
  backend.nextPlace = {
    result: 'needs_confirmation',
    findings: [{ verdict: 'warn', reason: 'outside_hours', country: 'GB', local_time: '06:40' }],
  };
  const place = vi.spyOn(backend, 'place');
  const user = await show(backend);

  await find(user, 'chlo');
  await user.keyboard('{Enter}');
  const question = await screen.findByRole('alertdialog', { name: 'Before calling Chloé Dubois' });
  expect(document.activeElement).toBe(question);
  const goOn = within(question).getByRole('button', { name: 'Call anyway' });
  // For a second the answer is dead: an Enter struck twice does not answer what nobody has read.
  await user.keyboard('{Enter}');
  expect(place).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(goOn).toHaveProperty('disabled', false), { timeout: 2000 });
  await user.keyboard('{Enter}');

  await screen.findByRole('article');
  expect(place).toHaveBeenCalledTimes(2);
  expect(place.mock.calls[1]?.[0]).toMatchObject({ yes: true, intent: place.mock.calls[0]?.[0].intent });
});

test('a block offers no way on', async () => {
  const backend = new FakeBackend();
  backend.nextPlace = {
    result: 'needs_confirmation',
    findings: [{ verdict: 'block', reason: 'emergency', country: 'GB', local_time: null }],
  };
  const user = await show(backend);

  await find(user, 'chlo');
  await user.keyboard('{Enter}');

  const panel = await screen.findByRole('alertdialog', { name: 'Chloé Dubois is not called' });
  expect(within(panel).getAllByRole('button').map((button) => button.textContent?.trim())).toEqual(['Cancel']);
});

test('a number held back says so and is called only on demand', async () => {
  const backend = new FakeBackend();
  const earlier = call({ phase: 'unconfirmed', dispatch: 'unknown' });
  backend.nextPlace = { result: 'held_back', call: earlier, until: new Date(Date.now() + 60_000).toISOString() };
  const place = vi.spyOn(backend, 'place');
  const user = await show(backend);

  await find(user, 'chlo');
  await user.keyboard('{Enter}');
  await screen.findByText('An earlier call to Chloé Dubois may still be running');
  const override = screen.getByRole('button', { name: 'Call now all the same' });
  await vi.waitFor(() => expect(override).toHaveProperty('disabled', false), { timeout: 2000 });
  await user.click(override);

  await screen.findByRole('article');
  expect(place.mock.calls[1]?.[0]).toMatchObject({ despite_unknown: true, intent: place.mock.calls[0]?.[0].intent });
});

test('a refusal is told as an alert and leads to the account', async () => {
  const backend = new FakeBackend();
  backend.nextPlace = apiError('some_refusal', { class: 'refused' });
  const user = await show(backend);

  await find(user, 'chlo');
  await user.keyboard('{Enter}');

  expect((await screen.findByRole('alert')).textContent).toContain('some_refusal');
  await user.click(screen.getByRole('button', { name: 'Open the account' }));
  await screen.findByRole('heading', { name: 'office' });
});

test('before the first real call the agent is asked to try their own phone, and may skip it', async () => {
  const { backend, user } = await openWindow({ accounts: [account({ phone_checked: false })] });
  const place = vi.spyOn(backend, 'place');
  const checked = vi.spyOn(backend, 'phoneChecked');

  await find(user, 'chlo');
  await user.keyboard('{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'Before the first call: does your phone ring?' });
  expect(place).not.toHaveBeenCalled();
  await user.click(within(dialog).getByRole('button', { name: 'Skip this' }));

  await screen.findByRole('article', { name: 'Call with Chloé Dubois' });
  expect(checked).toHaveBeenCalledWith('office');
  expect(place).toHaveBeenCalledTimes(1);
});

test('while the account is incomplete, Enter leads to its setup as the button does', async () => {
  const unfinished = account({ phone_checked: false, health: 'incomplete', missing: ['api_token'] });
  const { backend, user } = await openWindow({ accounts: [unfinished] });
  const place = vi.spyOn(backend, 'place');

  await find(user, 'chlo');
  await screen.findByRole('button', { name: 'Finish setting up office' });
  await user.keyboard('{Enter}');

  await screen.findByRole('heading', { name: 'office' });
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(place).not.toHaveBeenCalled();
});

test('the sandbox is never asked for a phone and says that nobody is called', async () => {
  const { backend, user } = await openWindow({ accounts: [sandbox({ phone_checked: false })] });
  const place = vi.spyOn(backend, 'place');

  expect(screen.getByRole('complementary', { name: 'First steps' }).textContent).toContain('nobody is really called');
  await find(user, 'chlo');
  await user.keyboard('{Enter}');

  await screen.findByRole('article');
  expect(place).toHaveBeenCalledTimes(1);
});

test('an empty field of the phone check says what is missing, and keeps the focus', async () => {
  const { backend, user } = await openWindow({ accounts: [account({ phone_checked: false })] });
  const place = vi.spyOn(backend, 'place');
  await find(user, 'chlo');
  await user.keyboard('{Enter}');
  const dialog = await screen.findByRole('dialog', { name: 'Before the first call: does your phone ring?' });
  const other = within(dialog).getByRole('textbox', { name: 'Another phone of yours' });

  await user.click(other);
  await user.keyboard('{Enter}');

  expect(within(dialog).getByRole('alert').textContent).toContain('Type the number of another phone of yours first');
  expect(document.activeElement).toBe(other);
  expect(other.getAttribute('aria-invalid')).toBe('true');
  expect(place).not.toHaveBeenCalled();

  await user.keyboard('020 7946 0018{Enter}');
  await vi.waitFor(() => expect(place).toHaveBeenCalledTimes(1));
});

test('a stray letter behind a number takes the call from the button, as the words below the field say', async () => {
  const { backend, user } = await openWindow({ history: [endedCall()] });
  const place = vi.spyOn(backend, 'place');
  await find(user, '020 7946 0055');
  await screen.findByRole('button', { name: 'Call 020 7946 0055' });

  for (const junk of ['?', 'q', '%']) {
    await user.click(field());
    await user.keyboard(junk);
    await screen.findByText('This is not a telephone number');
    const button = await within(screen.getByRole('region', { name: 'Call' })).findByRole('button', { name: 'Call' });
    expect(button).toHaveProperty('disabled', true);
    await user.keyboard('{Enter}');
    await user.keyboard('{Backspace}');
    await screen.findByRole('button', { name: 'Call 020 7946 0055' });
  }
  expect(place).not.toHaveBeenCalled();
});

test('text that is taken away takes with it the number that it chose', async () => {
  const { user } = await openWindow({ history: [endedCall()] });
  await find(user, '020 7946 0055');
  await screen.findByRole('button', { name: 'Call 020 7946 0055' });

  await user.clear(field());

  await screen.findByText('Type a name or a number, or choose somebody to call.');
  expect(screen.queryByRole('button', { name: 'Call 020 7946 0055' })).toBeNull();
});

test('a number that the guard stops is stopped on the button, too', async () => {
  const backend = new FakeBackend();
  backend.nextCheck = {
    verdict: 'block',
    findings: [{ verdict: 'block', reason: 'premium_rate', country: null, local_time: null }],
  };
  const user = await show(backend);

  await find(user, '020 7946 0055');

  await vi.waitFor(() => expect(screen.getByRole('button', { name: 'Call 020 7946 0055' })).toHaveProperty('disabled', true));
});

test('an emergency number is not answered by a person with these digits in their number', async () => {
  const backend = new FakeBackend();
  backend.nextCheck = {
    number: null,
    shown: null,
    problem: null,
    verdict: 'block',
    findings: [{ verdict: 'block', reason: 'emergency', country: 'GB', local_time: null }],
  };
  const place = vi.spyOn(backend, 'place');
  const user = await show(backend);

  await user.click(field());
  await user.keyboard('794');
  await vi.waitFor(() => expect(screen.getAllByRole('option').length).toBeGreaterThan(0));
  await screen.findByText(/emergency/);
  await user.keyboard('{Enter}');

  expect(place).not.toHaveBeenCalled();
  expect(screen.queryAllByRole('option', { selected: true })).toEqual([]);
});

test('the Call button does not call what newer text may not mean', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');
  await find(user, '020 7946 0055');
  const button = await screen.findByRole('button', { name: 'Call 020 7946 0055' });
  let checked: () => void = () => {};
  const found = await backend.find('020 7946 0055?', null, 5);
  vi.spyOn(backend, 'find').mockImplementationOnce(async () => {
    await new Promise<void>((resolve) => (checked = resolve));
    return found;
  });

  await user.click(field());
  await user.keyboard('?');
  await user.click(button);
  checked();
  await screen.findByText('This is not a telephone number');

  expect(place).not.toHaveBeenCalled();
});

test('with another account what stands in the field is checked anew', async () => {
  const { backend, user } = await openWindow({ accounts: [account(), sandbox({ default: false })] });
  const check = vi.spyOn(backend, 'find');
  await find(user, '020 7946 0055');
  screen.getByRole('button', { name: /^Call from/ }).focus();

  await user.keyboard('4');

  await vi.waitFor(() => expect(check.mock.calls.map((call) => call.slice(0, 2))).toContainEqual(['020 7946 0055', 'sandbox']));
});

test('the number that the engine suggests is shown with its reason and is the one that is sent', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');
  const us = dids[2];
  if (!us) throw new Error('no third number');
  backend.callFrom.set('+442079460044', { ...us, reason: 'last_used', used_at: '2026-05-03T10:00:00Z' });

  await find(user, 'chlo');
  await screen.findByText(/^Used with them/);
  expect(screen.getByRole('button', { name: /^Call from/ }).textContent).toContain('+1 202-555-0142');
  await user.keyboard('{Enter}');

  await screen.findByRole('article', { name: 'Call with Chloé Dubois' });
  expect(place.mock.calls[0]?.[0].from).toBe('+12025550142');
});

test('a number chosen by hand is for this person, and can be kept for them and given up again', async () => {
  const { backend, user } = await openWindow();
  const keep = vi.spyOn(backend, 'keepCallFrom');
  await find(user, 'chlo');
  screen.getByRole('button', { name: /^Call from/ }).focus();
  await user.keyboard('2');
  await screen.findByText('Your choice for this call');

  await user.click(screen.getByRole('button', { name: 'Always for them' }));
  await screen.findByText('Always for them', { selector: 'span' });
  expect(keep).toHaveBeenLastCalledWith('+442079460044', 'office', '+442079460102', '3');

  await user.click(screen.getByRole('button', { name: 'No longer' }));
  await vi.waitFor(() => expect(screen.queryByText('Always for them', { selector: 'span' })).toBeNull());
  expect(keep).toHaveBeenLastCalledWith('+442079460044', 'office', null, '3');
});

test('a number chosen by hand for one person is not shown to the next', async () => {
  const { backend, user } = await openWindow();
  const place = vi.spyOn(backend, 'place');
  await find(user, 'chlo');
  screen.getByRole('button', { name: /^Call from/ }).focus();
  await user.keyboard('2');
  await find(user, 'george');
  await user.keyboard('{Enter}');

  await vi.waitFor(() => expect(place).toHaveBeenCalled());
  expect(place.mock.calls[0]?.[0].from).toBeNull();
});
