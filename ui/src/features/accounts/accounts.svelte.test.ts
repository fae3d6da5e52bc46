import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { account, capabilities, sandbox, status } from '../../backend/fake/samples';
import { apiError } from '../../backend/fake/backend';
import { openWindow } from '../../testing/window';

const SECRET = 'k3y-that-must-not-be-seen';

async function openAccounts(world: Parameters<typeof openWindow>[0] = {}) {
  const opened = await openWindow(world);
  await opened.user.click(screen.getByRole('button', { name: 'Accounts' }));
  return opened;
}

function page(): string {
  const values = Array.from(document.querySelectorAll('input, textarea'), (input) => (input as HTMLInputElement).value);
  return `${document.body.innerHTML} ${values.join(' ')}`;
}

test('the form is made from the field specs of the chosen provider', async () => {
  const { user } = await openAccounts();
  await user.click(screen.getByRole('button', { name: 'Add account' }));
  await user.click(await screen.findByRole('radio', { name: 'Acefone UK' }));

  expect(screen.getByLabelText(/^API token/)).toHaveProperty('type', 'password');
  expect(screen.getByRole('combobox', { name: 'Way of calling' })).toHaveProperty('value', 'click_to_call');
  expect(screen.getByRole('textbox', { name: /^Ring me on/ })).toHaveProperty('placeholder', '+442079460200');
  expect(screen.queryByLabelText(/^Support API key/)).toBeNull();

  await user.selectOptions(screen.getByRole('combobox', { name: 'Way of calling' }), 'click_to_call_support');
  expect(screen.getByLabelText(/^Support API key/)).toBeTruthy();
  expect(screen.queryByLabelText(/^API token/)).toBeNull();
});

test('an account is added with its settings and secrets, and no secret stays on the page', async () => {
  const { backend, user } = await openAccounts();
  const add = vi.spyOn(backend, 'addAccount');
  await user.click(screen.getByRole('button', { name: 'Add account' }));
  await user.click(await screen.findByRole('radio', { name: 'Superfone' }));
  await user.type(screen.getByLabelText(/^API key/), SECRET);
  await user.type(screen.getByRole('textbox', { name: /^Ring me on/ }), '+919000000010');
  await user.click(within(screen.getByRole('main')).getAllByRole('button', { name: 'Add account' }).at(-1) as HTMLElement);

  await screen.findByRole('heading', { name: 'superfone' });
  expect(add).toHaveBeenCalledWith('superfone', 'superfone', { user_number: '+919000000010' }, { api_key: SECRET });
  expect(page()).not.toContain(SECRET);
});

test('a stored secret shows its place and can only be replaced or removed', async () => {
  const { backend, user } = await openAccounts();
  const setSecret = vi.spyOn(backend, 'setSecret');
  await screen.findByText('Stored in the keychain');
  expect(screen.queryByLabelText(/^API token/)).toBeNull();

  await user.click(screen.getByRole('button', { name: 'Replace API token' }));
  await user.type(screen.getByLabelText(/^API token/), SECRET);
  await user.click(screen.getByRole('button', { name: 'Store' }));

  await screen.findByText('Stored in the keychain');
  expect(setSecret).toHaveBeenCalledWith('office', 'api_token', SECRET, false);
  expect(page()).not.toContain(SECRET);
});

test('a locked keychain is told, can be unlocked, and offers this run only', async () => {
  const { backend, user } = await openAccounts({
    accounts: [account({ secrets: [{ key: 'api_token', place: 'missing' }], missing: ['api_token'] })],
    status: { ...status, keychain: 'locked' },
  });
  const setSecret = vi.spyOn(backend, 'setSecret');
  await screen.findByText('The keychain is locked');

  await user.type(screen.getByLabelText(/^API token/), SECRET);
  await user.click(screen.getByRole('checkbox', { name: /for this run only/ }));
  await user.click(screen.getByRole('button', { name: 'Store' }));
  await screen.findByText('Kept for this run only');
  expect(setSecret).toHaveBeenCalledWith('office', 'api_token', SECRET, true);

  await user.click(screen.getByRole('button', { name: 'Unlock keychain' }));
  await vi.waitFor(() => expect(screen.queryByText('The keychain is locked')).toBeNull());
});

test('settings are saved as far as they were changed', async () => {
  const { backend, user } = await openAccounts();
  const update = vi.spyOn(backend, 'updateAccount');
  const ringMeOn = await screen.findByLabelText(/^Ring me on/);

  await user.clear(ringMeOn);
  await user.type(ringMeOn, '+442079460201');
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await screen.findByText('Saved');
  expect(update).toHaveBeenCalledWith('office', { agent_number: '+442079460201' });
});

test('the connection test tells what it found', async () => {
  const { user } = await openAccounts();
  await user.click(screen.getByRole('button', { name: 'Test connection' }));

  await screen.findByText('The provider accepts the keys');
  expect(screen.getByText('3 numbers to call from')).toBeTruthy();
  expect(screen.getByText('12 agents found')).toBeTruthy();
});

test('a failed test is an alert with its code where no words are known', async () => {
  const { backend, user } = await openAccounts();
  vi.spyOn(backend, 'testAccount').mockRejectedValueOnce(apiError('odd_failure'));
  await user.click(screen.getByRole('button', { name: 'Test connection' }));

  expect((await screen.findByRole('alert')).textContent).toContain('odd_failure');
});

test('what an account cannot do stands there with the reason', async () => {
  await openAccounts({
    accounts: [account({ capabilities: capabilities({ end_call: { state: 'missing', reason: 'needs_api_token' } }) })],
  });
  const item = (await screen.findByText(/^End calls/)).closest('li');
  expect(item?.textContent).toContain('Needs the API token.');
});

test('an account is removed only after a second question', async () => {
  const { backend, user } = await openAccounts({ accounts: [account(), sandbox({ default: false })] });
  const remove = vi.spyOn(backend, 'removeAccount');

  await user.click(await screen.findByRole('button', { name: 'Remove account…' }));
  expect(remove).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Remove account' }));

  await screen.findByRole('heading', { name: 'sandbox' });
  expect(remove).toHaveBeenCalledWith('office');
});

test('the hook’s token is not on screen, and its address can be copied', async () => {
  const { user } = await openAccounts();
  await screen.findByRole('button', { name: 'Copy' });
  expect(page()).not.toContain('0123456789abcdef');

  await user.click(screen.getByRole('button', { name: 'Copy' }));
  expect(await navigator.clipboard.readText()).toBe(account().hook);
});

test('a value that will not do is told at its own field, with an example', async () => {
  const { backend, user } = await openAccounts();
  const why = 'it is no country code. Use two letters, like GB for the United Kingdom or IN for India.';
  vi.spyOn(backend, 'updateAccount').mockRejectedValueOnce(
    apiError('setting_invalid', { class: 'usage', params: { key: 'country', value: 'XX', why } }),
  );
  const country = await screen.findByLabelText('Country');
  await user.clear(country);
  await user.type(country, 'XX');
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await vi.waitFor(() => expect(country.getAttribute('aria-invalid')).toBe('true'));
  const described = document.getElementById(country.getAttribute('aria-describedby') ?? '');
  expect(described?.textContent).toContain('like GB');
  // What is typed next is not judged by what stood there before.
  await user.clear(country);
  expect(country.getAttribute('aria-invalid')).toBe('false');
});

test('a secret that is not there yet is asked for, not passed over', async () => {
  const { backend, user } = await openAccounts({
    accounts: [account({ secrets: [{ key: 'api_token', place: 'missing' }], missing: ['api_token'] })],
  });
  const set = vi.spyOn(backend, 'setSecret');
  const field = await screen.findByLabelText(/^API token/);
  await user.click(field);
  await user.keyboard('{Enter}');

  expect(field.getAttribute('aria-invalid')).toBe('true');
  expect(screen.getByText('Type or paste it here first.')).toBeTruthy();
  expect(set).not.toHaveBeenCalled();
});
