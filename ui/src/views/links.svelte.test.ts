import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError, FakeBackend } from '../backend/fake/backend';
import { account, dids, link } from '../backend/fake/samples';
import { field, find, openWindow, show } from '../testing/window';

const NUMBER = '+442079460055';

function panel(): HTMLElement {
  return screen.getByRole('region', { name: 'Call' });
}

function note(): HTMLElement | null {
  return screen.queryByRole('textbox', { name: 'Note for this call' });
}

/** Two numbers to call from; the first is the default. */
function office(): FakeBackend {
  return new FakeBackend({ accounts: [account()] });
}

test('a link stands ready with its number, the number to call from and its note, and calls nobody', async () => {
  const backend = office();
  const place = vi.spyOn(backend, 'place');
  await show(backend);
  const from = dids[1];
  if (!from) throw new Error('two numbers');

  backend.emit({ type: 'show_window', prefill: NUMBER, link: link({ account: 'office', from: from.number, note: 'Order 17' }) });

  await vi.waitFor(() => expect(field()).toHaveProperty('value', NUMBER));
  const shown = within(panel());
  await shown.findByText('From a link. Nothing is called yet.');
  await shown.findByText(from.international);
  await shown.findByText('The link asks for it');
  expect(note()).toHaveProperty('value', 'Order 17');
  expect(place).not.toHaveBeenCalled();
});

test('the call that the agent then places has what the link asked for', async () => {
  const backend = office();
  const place = vi.spyOn(backend, 'place');
  const user = await show(backend);
  const from = dids[1]?.number ?? null;
  backend.emit({ type: 'show_window', prefill: NUMBER, link: link({ account: 'office', from, note: 'Order 17' }) });

  await user.click(await within(panel()).findByRole('button', { name: /^Call (?!from)/ }));

  await screen.findByRole('article');
  expect(place.mock.calls[0]?.[0]).toMatchObject({ target: NUMBER, account: 'office', from, note: 'Order 17', yes: false });
});

test('what a link brought goes with it: the next number has neither its note nor its line', async () => {
  const backend = office();
  const user = await show(backend);
  const from = dids[1]?.number ?? null;
  backend.emit({ type: 'show_window', prefill: NUMBER, link: link({ account: 'office', from, note: 'Order 17' }) });
  await within(panel()).findByText('The link asks for it');

  await find(user, 'chlo');

  expect(note()).toBeNull();
  expect(within(panel()).queryByText('The link asks for it')).toBeNull();
  expect(within(panel()).queryByText(/^From a link/)).toBeNull();
});

test('a note that the agent is writing stays beside that of the link', async () => {
  const backend = office();
  const user = await show(backend);
  await find(user, 'chlo');
  await user.click(screen.getByRole('button', { name: 'Add a note' }));
  await user.type(screen.getByRole('textbox', { name: 'Note for this call' }), 'mine');

  backend.emit({ type: 'show_window', prefill: NUMBER, link: link({ note: 'Order 17' }) });

  await vi.waitFor(() => expect(note()).toHaveProperty('value', 'Order 17\nmine'));
});

test('a link that cannot be opened says why, and nothing can be called by mistake', async () => {
  const backend = office();
  const user = await show(backend);
  await find(user, 'chlo');

  backend.emit({ type: 'show_window', prefill: null, link: link({ text: 'tel:*%2306%23', problem: apiError('link_service_code') }) });

  const alert = await within(panel()).findByRole('alert');
  expect(alert.textContent).toContain('a code for the network');
  expect(panel().textContent).toContain('tel:*%2306%23');
  expect(within(panel()).queryByRole('button', { name: /^Call(?! from)/ })).toBeNull();

  await user.click(within(panel()).getByRole('button', { name: 'OK' }));
  expect(within(panel()).queryByRole('alert')).toBeNull();
});

test('a number to call from that is nobody’s here is said not to be', async () => {
  const backend = office();
  await show(backend);
  const problem = apiError('link_from_not_yours', { params: { number: '+442079460199' } });

  backend.emit({ type: 'show_window', prefill: NUMBER, link: link({ from_problem: problem }) });

  await within(panel()).findByText(/\+442079460199, which none of your accounts has/);
  expect(within(panel()).getByRole('button', { name: /^Call (?!from)/ })).toBeTruthy();
});

test('a link is opened once, wherever the agent goes afterwards', async () => {
  const { backend, user } = await openWindow();
  backend.emit({ type: 'show_window', prefill: NUMBER, link: link() });
  await vi.waitFor(() => expect(field()).toHaveProperty('value', NUMBER));
  await user.clear(field());

  await user.click(screen.getByRole('button', { name: 'Settings' }));
  await user.click(screen.getByRole('button', { name: 'Calls' }));

  expect(field()).toHaveProperty('value', '');
});

test('settings say who opens each kind of link, and one click makes it Dialdeck', async () => {
  const { backend, user } = await openWindow();
  const take = vi.spyOn(backend, 'takePhoneLinks');
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  const links = within(await screen.findByRole('region', { name: 'Phone links' }));
  await links.findByText('Opened by Soft Phone');
  expect(links.getAllByText('Opened by no program')).toHaveLength(2);

  await user.click(links.getByRole('button', { name: 'Open tel: links with Dialdeck' }));

  await vi.waitFor(() => expect(links.getAllByText('Opened by Dialdeck')).toHaveLength(2));
  expect(take).toHaveBeenCalledWith('tel');
  expect(links.queryByRole('button', { name: 'Open tel: links with Dialdeck' })).toBeNull();
});

test('a desktop that does not say is not guessed at', async () => {
  const backend = new FakeBackend();
  backend.phoneLinkList = [{ scheme: 'tel', state: 'unknown', program: null, can_take: false, why: apiError('links_no_xdg_utils') }];
  const user = await show(backend);
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  const links = within(await screen.findByRole('region', { name: 'Phone links' }));
  await links.findByText(/xdg-utils is not installed/);
  expect(links.queryByRole('button')).toBeNull();
});

test('a pasted link of our own is shown like one that was clicked, and other texts stay as they are', async () => {
  const { user } = await openWindow({ accounts: [account()] });

  await user.click(field());
  await user.paste('dialdeck:call?number=%2B442079460055');
  await within(panel()).findByText('From a link. Nothing is called yet.');
  expect(field()).toHaveProperty('value', NUMBER);

  await user.clear(field());
  await user.paste('call?number=%2B442079460055');
  expect(field()).toHaveProperty('value', 'call?number=%2B442079460055');
});
