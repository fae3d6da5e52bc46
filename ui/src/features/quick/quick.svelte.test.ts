import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { FakeBackend } from '../../backend/fake/backend';
import { FakeBar } from '../../backend/fake/bar';
import { account, dids, endedCall } from '../../backend/fake/samples';
import { accessibilityProblems } from '../../testing/window';
import BarApp from '../../BarApp.svelte';

let backend: FakeBackend;
let bar: FakeBar;

async function open(prefill: string | null, ofSelection = false) {
  bar.tell({ type: 'opened', prefill, of_selection: ofSelection });
  await waitFor(() => expect(field().value).toBe(prefill ?? ''));
}

const field = () => screen.getByRole<HTMLInputElement>('combobox');
const press = (key: string, more: Partial<KeyboardEventInit> = {}) => fireEvent.keyDown(field(), { key, code: /^\d$/.test(key) ? `Digit${key}` : key, ...more });

beforeEach(async () => {
  vi.stubGlobal('ResizeObserver', class { observe() {} disconnect() {} });
  backend = new FakeBackend({ accounts: [account({ dids })] });
  bar = new FakeBar(backend);
  render(BarApp, { props: { backend, bar } });
  await waitFor(() => expect(screen.queryByRole('combobox')).not.toBeNull());
});

describe('the quick dial bar', () => {
  it('holds the number that was selected, and Enter calls it', async () => {
    const place = vi.spyOn(backend, 'place');
    await open('020 7946 0002');
    await screen.findByRole('option', { name: /020 7946 0002/ });
    expect(place).not.toHaveBeenCalled();
    await press('Enter');
    await waitFor(() => expect(place).toHaveBeenCalledOnce());
    expect(place.mock.calls[0]?.[0].target).toBe('+442079460002');
    await waitFor(() => expect(bar.closed).toBe(1));
  });

  it('takes digits for the number to call from while the selected number is untouched, and for text after that', async () => {
    await open('020 7946 0002');
    await screen.findByRole('option', { name: /020 7946 0002/ });
    await press('2');
    await screen.findByText(dids[1]?.label ?? '', { exact: false });
    expect(field().value).toBe('020 7946 0002');
    // A slip, beyond the two that there are.
    expect(await press('9')).toBe(false);
    expect(field().value).toBe('020 7946 0002');
    await fireEvent.input(field(), { target: { value: '020 7946 00' } });
    const typed = await press('2');
    expect(typed).toBe(true);
  });

  it('has what is typed or deleted replace the number that was found, and what follows a caret key change it', async () => {
    const before = (inputType: string, data?: string) => fireEvent(field(), new InputEvent('beforeinput', { inputType, data, bubbles: true, cancelable: true }));
    await open('020 7946 0002', true);
    expect([field().selectionStart, field().selectionEnd]).toEqual([13, 13]);
    expect(await before('insertText', 'a')).toBe(false);
    expect(field().value).toBe('a');
    expect(await before('insertText', 'b')).toBe(true);

    await open('020 7946 0003');
    expect(await before('deleteContentBackward')).toBe(false);
    expect(field().value).toBe('');

    await open('020 7946 0004');
    await press('ArrowLeft');
    await before('insertText');
    expect(field().value).toBe('020 7946 0004');
    expect(await press('2')).toBe(true);

    await open('020 7946 0005');
    await press('c', { ctrlKey: true });
    expect([field().selectionStart, field().selectionEnd]).toEqual([0, 13]);
  });

  it('says that nothing is selected where only a selected number was wanted', async () => {
    await open(null, true);
    expect(screen.getByText(/No number is selected/)).toBeTruthy();
  });

  it('is done with at Escape, and a text that was left comes back within a minute', async () => {
    await open(null);
    await fireEvent.input(field(), { target: { value: 'asha' } });
    await screen.findAllByRole('option', { name: /Asha Rao/ });
    await press('Escape');
    expect(bar.closed).toBe(1);
    bar.tell({ type: 'put_away' });
    await waitFor(() => expect(field().value).toBe(''));
    bar.tell({ type: 'opened', prefill: null, of_selection: false });
    await waitFor(() => expect(field().value).toBe('asha'));
  });

  it('chooses nobody by itself where the number that was wanted is not selected', async () => {
    const place = vi.spyOn(backend, 'place');
    backend.world.history.push(endedCall());
    await open(null, true);
    await screen.findByText(/^No number is selected/);
    await screen.findAllByRole('option');
    expect(screen.queryByRole('option', { selected: true })).toBeNull();
    await press('Enter');
    // The first digit of a number is no choice of the number to call from.
    expect(await press('2')).toBe(true);
    expect(place).not.toHaveBeenCalled();
    await fireEvent.input(field(), { target: { value: 'asha' } });
    await screen.findAllByRole('option', { name: /Asha Rao/, selected: true });
  });

  it('chooses what the pointer is moved to, and nothing under one at rest', async () => {
    await open(null);
    await fireEvent.input(field(), { target: { value: 'a' } });
    const [, second] = await screen.findAllByRole('option');
    if (!second) throw new Error('two rows');
    const at = async (screenX: number) => {
      const event = new MouseEvent('pointermove', { bubbles: true, screenX, screenY: 400 });
      await fireEvent(second, event);
    };
    await at(640);
    await at(640);
    expect(second.getAttribute('aria-selected')).toBe('false');
    await at(641);
    expect(second.getAttribute('aria-selected')).toBe('true');
  });

  it('has nothing that a screen reader would stumble over', async () => {
    await open(null);
    await fireEvent.input(field(), { target: { value: 'asha' } });
    await screen.findAllByRole('option', { name: /Asha Rao/ });
    expect(await accessibilityProblems()).toEqual([]);
  });

  it('makes a callback of a name with a time behind it, and calls nobody', async () => {
    const asha = backend.world.people.find(({ name }) => name === 'Asha Rao')?.id;
    const [place, promise] = [vi.spyOn(backend, 'place'), vi.spyOn(backend, 'addCallback')];
    await open(null);
    await fireEvent.input(field(), { target: { value: 'asha in 20m' } });
    await screen.findAllByText(/^Callback /);
    await press('Enter');
    await screen.findByText(/Callback noted/);
    expect(promise.mock.calls[0]?.[0]).toMatchObject({ when: 'in 20m', contact: asha });
    expect(place).not.toHaveBeenCalled();
  });

  it('runs a command with >, in the main window', async () => {
    await open(null);
    await fireEvent.input(field(), { target: { value: '> set' } });
    await screen.findByRole('option', { name: /Settings/ });
    await press('Enter');
    await waitFor(() => expect(bar.went).toEqual([{ to: 'settings' }]));
  });

  it('asks what the guard asks, and Enter in the field does not answer it', async () => {
    backend.nextPlace = { result: 'needs_confirmation', findings: [{ verdict: 'warn', reason: 'outside_hours', country: 'GB', local_time: '06:40' }] };
    await open('020 7946 0002');
    await screen.findByRole('option', { name: /020 7946 0002/ });
    await press('Enter');
    await screen.findByRole('alertdialog');
    const place = vi.spyOn(backend, 'place');
    await press('Enter');
    expect(place).not.toHaveBeenCalled();
    await press('Escape');
    await waitFor(() => expect(screen.queryByRole('alertdialog')).toBeNull());
    expect(bar.closed).toBe(0);
  });

  it('lists all that can be done with a row at Ctrl+K', async () => {
    await open(null);
    await fireEvent.input(field(), { target: { value: 'asha' } });
    await screen.findAllByRole('option', { name: /Asha Rao/ });
    await press('k', { ctrlKey: true });
    await screen.findByRole('option', { name: /Call Asha Rao back later/ });
    await press('Escape');
    await waitFor(() => expect(screen.queryByRole('option', { name: /back later/ })).toBeNull());
    expect(bar.closed).toBe(0);
  });
});
