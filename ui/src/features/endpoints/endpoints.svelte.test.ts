import { screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { apiError } from '../../backend/fake/backend';
import { account, available, capabilities } from '../../backend/fake/samples';
import { UNDO_MS } from '../../state/endpoints.svelte';
import { accessibilityProblems, openWindow } from '../../testing/window';

const able = account({ capabilities: capabilities({ endpoints: available }) });

async function openEndpoints() {
  const opened = await openWindow({ accounts: [able] });
  await opened.user.click(screen.getByRole('button', { name: 'Accounts' }));
  await opened.user.click(await screen.findByRole('tab', { name: 'Endpoints' }));
  const list = await screen.findByRole('list', { name: 'Endpoints' });
  return { ...opened, list, asked: vi.spyOn(opened.backend, 'endpoints') };
}

test('an account without endpoints has no tab for them', async () => {
  const { user } = await openWindow();
  await user.click(screen.getByRole('button', { name: 'Accounts' }));
  await screen.findByRole('heading', { name: 'office' });
  expect(screen.queryByRole('tab')).toBeNull();
});

test('a new endpoint is made by a form that follows the schema', async () => {
  const { user, asked } = await openEndpoints();
  await user.click(screen.getByRole('button', { name: 'New endpoint' }));
  const form = await screen.findByRole('form', { name: 'New endpoint' });

  await user.type(within(form).getByRole('textbox', { name: /^Name/ }), 'Van');
  await user.type(within(form).getByRole('textbox', { name: /^Extension or number/ }), '1003');
  await user.selectOptions(within(form).getByRole('combobox', { name: 'Who is rung first' }), 'The contact');
  const ring = within(form).getByRole('spinbutton', { name: 'Ring for (seconds)' });
  expect([ring.getAttribute('min'), ring.getAttribute('max')]).toEqual(['1', '120']);
  await user.type(ring, '20');
  await user.click(within(form).getByRole('button', { name: 'Add a line to Numbers that may be called' }));
  await user.type(within(form).getByRole('textbox', { name: 'Numbers that may be called, line 1' }), '^\\+44');
  await user.click(within(form).getByText('More settings'));
  await user.selectOptions(within(form).getByRole('combobox', { name: 'Voice past the provider' }), 'Automatic');
  await user.selectOptions(within(form).getByRole('combobox', { name: 'Ignore sounds before the answer' }), 'No');
  await user.click(within(form).getByRole('button', { name: 'Add a line to SIP headers' }));
  await user.type(within(form).getByRole('textbox', { name: 'SIP headers, name 1' }), 'X-Team');
  await user.type(within(form).getByRole('textbox', { name: 'SIP headers, value 1' }), 'sales');
  expect(await accessibilityProblems()).toEqual([]);
  await user.click(within(form).getByRole('button', { name: 'Save' }));

  await screen.findByRole('listitem', { name: 'Van' });
  expect(asked.mock.calls.find(([, ask]) => ask.verb === 'create')?.[1]).toEqual({
    verb: 'create',
    document: {
      name: 'Van',
      extension: '1003',
      dial_first: 'contact',
      timeout: 20,
      whitelist: ['^\\+44'],
      bypass_media: 'auto',
      media: { ignore_early_media: false },
      custom_sip_headers: { 'X-Team': 'sales' },
    },
  });
});

test('editing keeps what the form does not show', async () => {
  const { user, asked } = await openEndpoints();
  await user.click(screen.getByRole('button', { name: 'Edit Front desk' }));
  const name = await screen.findByRole('textbox', { name: /^Name/ });
  await user.clear(name);
  await user.type(name, 'Reception');
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await screen.findByRole('listitem', { name: 'Reception' });
  const sent = asked.mock.calls.find(([, ask]) => ask.verb === 'replace')?.[1];
  expect(sent).toMatchObject({
    id: 'desk-1',
    document: { name: 'Reception', made_elsewhere: 'kept', custom_sip_headers: { 'X-Team': 'sales', in: { 'X-From': 'deck' } } },
  });
});

test('calling without signing in is warned about in red, with the reason', async () => {
  const { user } = await openEndpoints();
  await user.click(screen.getByRole('button', { name: 'Edit Website button' }));
  const warning = await screen.findByRole('alert');
  expect(warning.textContent).toContain('Anyone who knows the address could place calls');

  await user.selectOptions(screen.getByRole('combobox', { name: 'Only after signing in' }), 'Yes');
  expect(screen.queryByRole('alert')).toBeNull();
});

test('complaints stand at their fields', async () => {
  const { user, asked } = await openEndpoints();
  await user.click(screen.getByRole('button', { name: 'Edit Front desk' }));
  const ring = await screen.findByRole('spinbutton', { name: 'Ring for (seconds)' });
  asked.mockRejectedValueOnce(
    apiError('endpoint_invalid', { class: 'refused', params: { why: 'two fields', 'field.timeout': 'too long', 'field.whitelist.0': 'no expression' } }),
  );
  await user.click(screen.getByRole('button', { name: 'Save' }));

  await screen.findByText('too long');
  expect(ring.getAttribute('aria-invalid')).toBe('true');
  expect(document.activeElement).toBe(ring);
  expect(screen.getByRole('group', { name: 'Numbers that may be called' }).textContent).toContain('no expression');
});

test('Try asks first and then places one call through the endpoint', async () => {
  const { backend, user } = await openEndpoints();
  const place = vi.spyOn(backend, 'place');
  await user.click(screen.getByRole('button', { name: 'Try Front desk' }));
  const dialog = await screen.findByRole('dialog', { name: 'Try Front desk' });
  expect(dialog.textContent).toContain('This places a real call: 1001');
  expect(place).not.toHaveBeenCalled();
  await user.type(within(dialog).getByRole('textbox', { name: /^Number/ }), '+442079460018');
  await user.click(within(dialog).getByRole('button', { name: 'Call' }));

  await screen.findByRole('article');
  expect(place).toHaveBeenCalledTimes(1);
  expect(place.mock.calls[0]?.[0]).toMatchObject({ target: '+442079460018', endpoint: 'desk-1', by_get: false, account: 'office' });
  expect(place.mock.calls[0]?.[0].intent).toBeTruthy();
});

test('the history tells who was called and with what result', async () => {
  const { user } = await openEndpoints();
  await user.click(screen.getByRole('button', { name: 'History of Front desk' }));
  const table = await screen.findByRole('table', { name: 'History of Front desk' });
  expect(within(table).getByRole('row', { name: /Not placed · nobody answered/ })).toBeTruthy();
});

test('a deletion waits, can be taken back, and is sent when its time is over', async () => {
  const { user, list, asked } = await openEndpoints();
  const deleted = () => asked.mock.calls.filter(([, ask]) => ask.verb === 'delete').length;
  await user.click(within(list).getByRole('button', { name: 'Delete Front desk' }));
  await user.click(within(list).getByRole('button', { name: 'Undo deleting Front desk' }));
  expect(within(list).getByRole('button', { name: 'Delete Front desk' })).toBeTruthy();

  vi.useFakeTimers();
  try {
    within(list).getByRole('button', { name: 'Delete Front desk' }).click();
    await vi.advanceTimersByTimeAsync(UNDO_MS - 100);
    expect(deleted()).toBe(0);
    await vi.advanceTimersByTimeAsync(200);
    expect(deleted()).toBe(1);
  } finally {
    vi.useRealTimers();
  }
  await vi.waitFor(() => expect(within(list).queryByRole('listitem', { name: 'Front desk' })).toBeNull());
});

test('an endpoint that anybody can call through is marked in the list', async () => {
  const { list } = await openEndpoints();
  const open = within(list).getByRole('listitem', { name: 'Website button' });
  await within(open).findByText('Open to anybody who knows its address');
  expect(within(list).getAllByText('Open to anybody who knows its address')).toHaveLength(1);
  expect(await accessibilityProblems()).toEqual([]);
});

test('a try begins in its number, and says where nobody is really called', async () => {
  const played = account({ sandbox: true, capabilities: capabilities({ endpoints: available }) });
  const { user } = await openWindow({ accounts: [played] });
  await user.click(screen.getByRole('button', { name: 'Accounts' }));
  await user.click(await screen.findByRole('tab', { name: 'Endpoints' }));
  await user.click(await screen.findByRole('button', { name: 'Try Front desk' }));
  const dialog = await screen.findByRole('dialog', { name: 'Try Front desk' });

  expect(document.activeElement).toBe(within(dialog).getByRole('textbox', { name: /^Number/ }));
  expect(dialog.textContent).toContain('calls nobody');
  expect(dialog.textContent).not.toContain('real call');
});
