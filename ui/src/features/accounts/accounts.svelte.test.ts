import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { account, available, capabilities, sandbox, status } from '../../backend/fake/samples';
import { apiError } from '../../backend/fake/backend';
import { accessibilityProblems, openWindow } from '../../testing/window';

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
  expect(update).toHaveBeenCalledWith('office', { agent_number: '+442079460201' }, {});
});

test('an address at another server asks for the keys again, and says why', async () => {
  const { backend, user } = await openAccounts();
  const address = 'https://other.example.com';
  const update = vi.spyOn(backend, 'updateAccount');
  update.mockRejectedValueOnce(
    apiError('secrets_needed_again', { class: 'refused', params: { account: 'office', keys: 'api_token', address } }),
  );
  const ringMeOn = await screen.findByLabelText(/^Ring me on/);
  await user.clear(ringMeOn);
  await user.type(ringMeOn, '+442079460201');
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await screen.findByText('Another server needs its keys again');
  expect(page()).toContain(address);
  await user.type(screen.getByLabelText(/^API token/), SECRET);
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await screen.findByText('Saved');
  expect(update).toHaveBeenLastCalledWith('office', { agent_number: '+442079460201' }, { api_token: SECRET });
  expect(page()).not.toContain(SECRET);
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

test('every verb has its line, in groups', async () => {
  await openAccounts({ accounts: [account({ capabilities: capabilities({ leads: { state: 'missing', reason: 'needs_user_sign_in' } }) })] });
  const lists = ['Calling', 'Following calls', 'Numbers, people and notes'].map((name) => screen.getByRole('list', { name }));
  const lines = lists.flatMap((list) => within(list).getAllByRole('listitem'));
  const verbs = Object.values(capabilities()).filter((can) => typeof can === 'object');
  expect(lines).toHaveLength(verbs.length);
  expect(screen.getByText(/^Look up and update leads/).closest('li')?.textContent).toContain('Only when signed in as a user.');
});

test('the agent goes offline and online where the account can, and the state is shown', async () => {
  const { backend, user } = await openAccounts({
    accounts: [account({ capabilities: capabilities({ agent_status: available, set_agent_status: available }) })],
  });
  const set = vi.spyOn(backend, 'setAgentStatus');
  await screen.findByText(/^Available/);
  const toggle = screen.getByRole('switch', { name: 'Online' });
  expect(toggle).toHaveProperty('checked', true);
  expect(await accessibilityProblems()).toEqual([]);

  await user.click(toggle);
  await screen.findByText(/^Offline/);
  expect(set).toHaveBeenCalledWith('office', { online: false, campaign: null, end_call: null, break_code: null });
  expect(toggle).toHaveProperty('checked', false);
});

test('a refused change of the agent’s state is told and leaves the switch as it was', async () => {
  const { backend, user } = await openAccounts({
    accounts: [account({ capabilities: capabilities({ agent_status: available, set_agent_status: available }) })],
  });
  vi.spyOn(backend, 'setAgentStatus').mockRejectedValueOnce(apiError('odd_failure'));
  await screen.findByText(/^Available/);
  const toggle = screen.getByRole('switch', { name: 'Online' });
  await user.click(toggle);

  expect((await screen.findByRole('alert')).textContent).toContain('odd_failure');
  expect(toggle).toHaveProperty('checked', true);
});

test('events are pushed here on demand where the account can', async () => {
  const { backend, user } = await openAccounts({ accounts: [account({ capabilities: capabilities({ pushed_events: available }) })] });
  const push = vi.spyOn(backend, 'pushEventsHere');
  await user.click(screen.getByRole('button', { name: 'Receive events here' }));

  await screen.findByText('Acefone UK reports calls here now.');
  expect(push).toHaveBeenCalledWith('office');
});

test('a picked agent fills the field that the provider names', async () => {
  await openAccounts();
  const agentId = await screen.findByRole('combobox', { name: 'Agent ID' });
  const choices = document.getElementById(agentId.getAttribute('list') ?? '');
  expect(Array.from(choices?.querySelectorAll('option') ?? [], ({ value, textContent }) => [value, textContent])).toEqual([
    ['0501234567890', 'Priya Nair · 101'],
    ['0501234567891', 'Tom Baker · 102 (not available)'],
  ]);
  expect(screen.getByRole('textbox', { name: /^Ring me on/ }).getAttribute('list')).toBeNull();
});

test('where there is more than one way of signing in, one is enough and that is said', async () => {
  await openAccounts();
  expect(await screen.findByText(/^Give the API token, or the login and password/)).toBeTruthy();
});
