import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError } from '../../backend/fake/backend';
import { account, available, capabilities, endedCall } from '../../backend/fake/samples';
import { accessibilityProblems, openWindow } from '../../testing/window';

const able = account({ capabilities: capabilities({ call_records: available }) });

async function openAccount() {
  const opened = await openWindow({ accounts: [able] });
  await opened.user.click(screen.getByRole('button', { name: 'Accounts' }));
  await screen.findByRole('tab', { name: 'Call log' });
  return opened;
}

async function openLog() {
  const opened = await openAccount();
  const asked = vi.spyOn(opened.backend, 'records');
  await opened.user.click(screen.getByRole('tab', { name: 'Call log' }));
  return { ...opened, asked, table: await screen.findByRole('table', { name: 'Call log' }) };
}

const rows = (table: HTMLElement) => within(table).getAllByRole('row').length - 1;

test('the log is read page by page', async () => {
  const { user, table, asked } = await openLog();
  expect(rows(table)).toBe(25);
  expect(screen.getByText(/^Page 1 of 3 · Times in /)).toBeTruthy();
  expect(await accessibilityProblems()).toEqual([]);

  await user.click(screen.getByRole('button', { name: 'Older' }));
  await screen.findByText(/^Page 2 of 3/);
  await user.click(screen.getByRole('button', { name: 'Older' }));
  await screen.findByText(/^Page 3 of 3/);
  expect(rows(table)).toBe(10);
  expect(screen.getByRole('button', { name: 'Older' })).toHaveProperty('disabled', true);
  await user.click(screen.getByRole('button', { name: 'Newer' }));
  await screen.findByText(/^Page 2 of 3/);

  // One span of time for all pages: otherwise a call could be seen twice.
  expect(new Set(asked.mock.calls.map(([, { from }]) => from)).size).toBe(1);
});

test('filters are asked of the provider and begin at the first page', async () => {
  const { user, asked } = await openLog();
  await user.click(screen.getByRole('button', { name: 'Older' }));
  await screen.findByText(/^Page 2 of 3/);
  await user.selectOptions(screen.getByRole('combobox', { name: 'Direction' }), 'Call received');
  await user.selectOptions(screen.getByRole('combobox', { name: 'Answer' }), 'Not answered');

  await screen.findByText(/^Page 1 of 1/);
  expect(asked.mock.calls.at(-1)).toMatchObject(['office', { direction: 'inbound', answered: false, page: { cursor: null } }]);
});

test('a log that cannot be read says why and is asked for again', async () => {
  const { backend, user } = await openAccount();
  vi.spyOn(backend, 'records').mockRejectedValueOnce(apiError('odd_failure'));
  await user.click(screen.getByRole('tab', { name: 'Call log' }));

  expect((await screen.findByRole('alert')).textContent).toContain('odd_failure');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  await screen.findByRole('table', { name: 'Call log' });
});

test('tabs are worked by arrow keys', async () => {
  const { user } = await openAccount();
  screen.getByRole('tab', { name: 'Settings' }).focus();
  await user.keyboard('{ArrowRight}');

  const log = screen.getByRole('tab', { name: 'Call log' });
  expect(document.activeElement).toBe(log);
  expect(log.getAttribute('aria-selected')).toBe('true');
  expect(screen.getByRole('tabpanel', { name: 'Call log' })).toBeTruthy();
});

const listens = account({ capabilities: capabilities({ call_records: available, recording_link: available }) });

async function openRecordings(of = listens) {
  const opened = await openWindow({ accounts: [of] });
  await opened.user.click(screen.getByRole('button', { name: 'Accounts' }));
  await opened.user.click(await screen.findByRole('tab', { name: 'Call log' }));
  return { ...opened, table: await screen.findByRole('table', { name: 'Call log' }) };
}

function firstListen(table: HTMLElement): HTMLElement {
  const [first] = within(table).getAllByRole('button', { name: /^Listen to the call with / });
  if (!first) throw new Error('no recording is offered');
  return first;
}

test('a recording is fetched for the one who asks, and its link is not on the page', async () => {
  const { backend, user, table } = await openRecordings();
  const opened = vi.spyOn(backend, 'openRecording');
  const listen = firstListen(table);
  expect(opened).not.toHaveBeenCalled();
  await user.click(listen);
  await screen.findByText('The recording opens in your browser.');
  expect(opened.mock.calls).toEqual([['office', 'record-0']]);
  expect(document.activeElement).toBe(listen);
});

test('a recording that cannot be heard says at its call what to do', async () => {
  const { backend, user, table } = await openRecordings();
  vi.spyOn(backend, 'openRecording').mockRejectedValueOnce(apiError('recording_not_found', { params: { provider: 'Acefone UK' } }));
  await user.click(firstListen(table));
  expect((await within(table).findByRole('alert')).textContent).toContain('look in the provider');
});

test('where recordings cannot be heard the call says why', async () => {
  const { table } = await openRecordings(able);
  expect(within(table).queryByRole('button', { name: /^Listen/ })).toBeNull();
  expect(within(table).getAllByRole('img', { name: /The provider does not offer this\.$/ }).length).toBeGreaterThan(0);
});

const recorded = endedCall({ has_recording: true, provider_ids: { call_id: 'call-1', request_id: null, leg_ids: [] } });

async function openCall(of = listens, call = recorded) {
  const opened = await openWindow({ accounts: [of], history: [{ ...call, contact: null }], people: [] });
  await opened.user.click(await screen.findByRole('button', { name: /Ended – customer hung up/ }));
  await screen.findByRole('heading', { name: 'Recording' });
  return opened;
}

test('a call of the history is heard by the provider’s name for it', async () => {
  const { backend, user } = await openCall();
  const opened = vi.spyOn(backend, 'openRecording');
  await user.click(screen.getByRole('button', { name: 'Listen to the call with 020 7946 0018' }));
  await screen.findByText('The recording opens in your browser.');
  expect(opened.mock.calls).toEqual([['office', 'call-1']]);
});

test('a call whose recording cannot be heard from here says why', async () => {
  await openCall(able);
  expect(screen.getByRole('button', { name: 'Listen' })).toHaveProperty('disabled', true);
  expect(screen.getByText('The provider does not offer this.')).toBeTruthy();
});
