import { screen } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { account, call, endedCall, sandbox, settings } from '../backend/fake/samples';
import { FakeBackend, apiError } from '../backend/fake/backend';
import { accessibilityProblems, field, find, openWindow, show } from '../testing/window';
import App from '../App.svelte';
import { render } from '@testing-library/svelte';

const checks = [
  { check: 'keychain', ok: true, message: 'The keychain is unlocked.', hint: null },
  { check: 'listener', ok: false, message: 'Port 47911 is taken.', hint: 'Close the other program.' },
];

test('the deck is accessible, with a person, a running call and an ended one', async () => {
  const { user } = await openWindow({ history: [call(), endedCall()], accounts: [account(), sandbox({ default: false })] });
  await screen.findByRole('article');
  await find(user, 'asha');
  await user.keyboard('{ArrowDown}');
  await screen.findByRole('heading', { name: 'Asha Rao' });
  expect(await accessibilityProblems()).toEqual([]);
});

test('the accounts are accessible, and so is adding one', async () => {
  const { user } = await openWindow();
  await user.click(screen.getByRole('button', { name: 'Accounts' }));
  await screen.findByRole('heading', { name: 'office' });
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Add account' }));
  await user.click(await screen.findByRole('radio', { name: 'Acefone UK' }));
  expect(await accessibilityProblems()).toEqual([]);
});

test('the settings are accessible and apply at once, and costly numbers can be blocked here, not allowed', async () => {
  const { backend, user } = await openWindow({ settings: { ...settings, allow_premium: true } });
  const setSettings = vi.spyOn(backend, 'setSettings');
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  expect(await accessibilityProblems()).toEqual([]);

  await user.click(await screen.findByRole('radio', { name: 'Dark' }));
  await vi.waitFor(() => expect(document.documentElement.dataset['theme']).toBe('dark'));
  const satellite = screen.getByRole<HTMLInputElement>('switch', { name: 'Satellite phones' });
  expect(satellite.disabled).toBe(true);
  screen.getByText(/dialctl settings --set allow_satellite=true/);
  const premium = screen.getByRole<HTMLInputElement>('switch', { name: 'Premium-rate numbers' });
  await user.click(premium);

  await vi.waitFor(() => expect(setSettings).toHaveBeenCalledTimes(2));
  expect(setSettings.mock.calls[1]?.[0]).toMatchObject({ theme: 'dark', allow_premium: false });
  await vi.waitFor(() => expect(premium.disabled).toBe(true));
  expect(await accessibilityProblems()).toEqual([]);
});

test('the diagnosis is accessible and says what to do', async () => {
  const { user } = await openWindow({ checks });
  await user.click(screen.getByRole('button', { name: 'Diagnosis' }));
  await screen.findByText('Close the other program.');
  expect(await accessibilityProblems()).toEqual([]);
});

test('from the diagnosis an account is tested, and the agent\'s own phone is called', async () => {
  const { backend, user } = await openWindow({
    checks: [
      { check: 'database', ok: true, message: 'The database is sound.', hint: null },
      { check: 'account', ok: true, account: 'office', message: 'Account “office” works.', hint: null },
      { check: 'account', ok: false, account: 'nobody', message: 'Account “nobody” is gone.', hint: null },
    ],
  });
  const test = vi.spyOn(backend, 'testAccount');
  await user.click(screen.getByRole('button', { name: 'Diagnosis' }));
  await user.click(await screen.findByRole('button', { name: 'Test connection' }));
  await screen.findByText('The provider accepts the keys');
  expect(test).toHaveBeenCalledWith('office');
  const place = vi.spyOn(backend, 'place');
  await user.click(screen.getByRole('button', { name: 'Call my own phone' }));
  expect(place).not.toHaveBeenCalled();
  await user.type(screen.getByRole('textbox', { name: 'Another phone of yours' }), '020 7946 0031');
  expect(await accessibilityProblems()).toEqual([]);
});

test('a support bundle says what is in it, and where it was written', async () => {
  const { user } = await openWindow({ checks });
  await user.click(screen.getByRole('button', { name: 'Diagnosis' }));
  await screen.findByText('the log files, masked');
  await user.click(screen.getByRole('button', { name: 'Write the support bundle' }));
  await screen.findByText('/home/asha/Downloads/Dialdeck support.tar');
});

test('a crash is offered once, with its report', async () => {
  const { backend, user } = await openWindow({ crash: { at: '2026-03-04T10:00:00Z', report: 'crash    2026-03-04T10:00:00Z\nat       src/x.rs:3' } });
  const dismiss = vi.spyOn(backend, 'dismissCrash');
  await user.click(await screen.findByRole('button', { name: 'Look at the report' }));
  await screen.findByText(/src\/x\.rs:3/);
  expect(dismiss).not.toHaveBeenCalled();
  expect(await accessibilityProblems()).toEqual([]);
  await user.keyboard('{Escape}');
  await user.click(screen.getByRole('button', { name: 'Add it to a support bundle' }));
  expect(dismiss).toHaveBeenCalledOnce();
  await screen.findByRole('button', { name: 'Write the support bundle' });
  expect(screen.queryByText(/ended unexpectedly/)).toBeNull();
});

test('screen pops are shown with what became of them, and cannot be changed here', async () => {
  const { user } = await openWindow({
    screenPops: [
      { name: 'crm', on: ['ringing'], direction: 'inbound', url: 'https://crm.example.com/pop', run: [], problem: null, last: null },
      {
        name: 'log',
        on: ['ended', 'missed'],
        direction: null,
        url: null,
        run: ['/opt/log'],
        problem: null,
        last: { at: '2026-03-04T10:00:00Z', problem: { key: 'screen_pop.problem.failed', params: { code: '3' } } },
      },
    ],
  });
  await user.click(screen.getByRole('button', { name: 'Settings' }));
  await screen.findByText('Opens https://crm.example.com/pop');
  screen.getByText('when a phone rings, calls to you');
  screen.getByText(/The program ended with 3\./);
  screen.getByText(/dialctl screen-pop --help/);
});

test('the diagnosis names settings as their form does', async () => {
  const incomplete = { check: 'account', ok: false, warning: false, message: 'Account “office”: Missing: api_token, agent_number', hint: null };
  const { user } = await openWindow({ checks: [incomplete] });
  await user.click(screen.getByRole('button', { name: 'Diagnosis' }));
  await screen.findByText('Account “office”: Missing: API token, Ring me on');
});

test('a person is added with several numbers', async () => {
  const { backend, user } = await openWindow({ people: [] });
  const add = vi.spyOn(backend, 'addContact');
  await user.click((await screen.findAllByRole('button', { name: 'Add person' }))[0] as HTMLElement);
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Inez Duarte');
  await user.type(screen.getByRole('textbox', { name: 'Number 1' }), '020 7946 0061');
  await user.type(screen.getByRole('combobox', { name: 'Label of number 1' }), 'work');
  await user.click(screen.getByRole('button', { name: 'Add a number' }));
  await user.type(screen.getByRole('textbox', { name: 'Number 2' }), '020 7946 0062');
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await screen.findByRole('heading', { name: 'Inez Duarte' });
  expect(add.mock.calls[0]?.[0]).toMatchObject({
    name: 'Inez Duarte',
    numbers: [
      ['020 7946 0061', 'work'],
      ['020 7946 0062', null],
    ],
  });
});

test('an import tells what was added and which lines were left out', async () => {
  const { user } = await openWindow();
  await user.click(screen.getByRole('button', { name: 'Import people from a file' }));
  const csv = new File(['name,number\nInes,020 7946 0061\nJo,12\n'], 'people.csv', { type: 'text/csv' });
  await user.upload(await screen.findByLabelText('File'), csv);
  await user.click(await screen.findByRole('button', { name: 'Import' }));

  await screen.findByText('1 person added');
  expect(screen.getByRole('cell', { name: /cannot be called/ })).toBeTruthy();
});

test('a window that cannot reach its engine says so and tries again', async () => {
  const backend = new FakeBackend();
  vi.spyOn(backend, 'snapshot').mockRejectedValueOnce(apiError('engine_gone'));
  const { default: userEvent } = await import('@testing-library/user-event');
  render(App, { backend });

  await screen.findByRole('alert');
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));

  await vi.waitFor(() => expect(field()).toBeTruthy());
});

test('unfinished text comes back when the window is opened again', async () => {
  await openWindow({ drafts: { field: 'asha', new_call_note: 'About the offer' } });

  await vi.waitFor(() => expect(field()).toHaveProperty('value', 'asha'));
  expect(await screen.findByRole('textbox', { name: 'Note for this call' })).toHaveProperty('value', 'About the offer');
});

test('several checks of one kind are listed one by one', async () => {
  const { user } = await openWindow({
    checks: [
      { check: 'account', ok: true, message: 'office is in order.', hint: null },
      { check: 'account', ok: false, message: 'field has no key.', hint: 'Give it one.' },
    ],
  });
  await user.click(screen.getByRole('button', { name: 'Diagnosis' }));

  await screen.findByText('office is in order.');
  expect(screen.getByText('field has no key.')).toBeTruthy();
});

test('recent calls that could not be read say so, keep what is there, and can be asked for again', async () => {
  const backend = new FakeBackend({ history: [endedCall()] });
  vi.spyOn(backend, 'listCalls').mockRejectedValueOnce(apiError('database_failed', { params: { why: 'the disk is full' } }));
  const user = await show(backend);

  const notice = (await screen.findByText('Older calls could not be read')).closest('section, div');
  expect(notice).toBeTruthy();
  expect(screen.getByText(/the disk is full/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Call Asha Rao' })).toBeTruthy();

  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await vi.waitFor(() => expect(screen.queryByText('Older calls could not be read')).toBeNull());
});

test('a history without calls says so, and in whose words it is empty', async () => {
  const { user } = await openWindow();
  await screen.findByText('No calls yet');
  await find(user, 'chlo');
  await user.keyboard('{ArrowDown}');

  await screen.findByText('No calls with Chloé Dubois yet');
});

test('people that could not be searched say so and can be asked for again', async () => {
  const backend = new FakeBackend();
  vi.spyOn(backend, 'listContacts').mockRejectedValueOnce(apiError('database_failed', { params: { why: 'the disk is full' } }));
  const user = await show(backend);

  await screen.findByText(/the disk is full/);
  await user.click(screen.getByRole('button', { name: 'Try again' }));

  await screen.findAllByRole('option');
  expect(screen.queryByText(/the disk is full/)).toBeNull();
});

test('an empty directory says what to do next', async () => {
  await openWindow({ people: [] });

  await screen.findByText('No people yet');
  expect(screen.getAllByRole('button', { name: 'Add person' }).length).toBeGreaterThan(0);
});

test('a person that is being read shows so, and one that could not be is asked for again', async () => {
  const backend = new FakeBackend();
  const user = await show(backend);
  await screen.findAllByRole('option');
  vi.spyOn(backend, 'showContact').mockRejectedValueOnce(apiError('contact_unknown', { params: { id: '1' } }));

  await user.keyboard('{ArrowDown}');
  await user.click(await screen.findByRole('button', { name: 'Try again' }));

  await screen.findByRole('heading', { name: 'Asha Rao' });
});

test('a person without a name or company is asked for one', async () => {
  const { backend, user } = await openWindow();
  const add = vi.spyOn(backend, 'addContact');
  await user.click((await screen.findAllByRole('button', { name: 'Add person' }))[0] as HTMLElement);
  const name = await screen.findByRole('textbox', { name: 'Name' });

  await user.click(name);
  await user.keyboard('{Enter}');

  expect(screen.getByRole('alert').textContent).toContain('Type a name');
  expect(document.activeElement).toBe(name);
  expect(add).not.toHaveBeenCalled();
});
