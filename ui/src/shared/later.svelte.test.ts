import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { type ComponentProps, createRawSnippet } from 'svelte';
import { expect, test, vi } from 'vitest';

import Dialog from './Dialog.svelte';
import Keys from './Keys.svelte';
import Later from './Later.svelte';
import { fetchAhead, Part } from './parts.svelte';

const children = createRawSnippet(() => ({ render: () => '<p></p>' }));

test('a part shows that it is on its way, and then itself', async () => {
  let arrive = (_: { default: typeof Keys }) => {};
  const part = new Part(() => new Promise<{ default: typeof Keys }>((resolve) => (arrive = resolve)));
  render(Later<{ keys: string[] }>, { of: part, keys: ['Enter'] });

  screen.getByText('Loading…');
  arrive({ default: Keys });

  await screen.findByText('Enter');
  expect(screen.queryByText('Loading…')).toBeNull();
});

test('a part that is here is shown at once', async () => {
  const part = new Part(() => Promise.resolve({ default: Keys }));
  await part.fetch();

  render(Later<{ keys: string[] }>, { of: part, keys: ['Enter'] });

  screen.getByText('Enter');
});

test('a part that could not be fetched says so and is tried again', async () => {
  const load = vi.fn(() => Promise.resolve({ default: Keys })).mockRejectedValueOnce(new TypeError('no such file'));
  render(Later<{ keys: string[] }>, { of: new Part(load), keys: ['Enter'] });

  expect((await screen.findByRole('alert')).textContent).toContain('no such file');
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));

  await screen.findByText('Enter');
  expect(load).toHaveBeenCalledTimes(2);
});

test('a dialog that could not be fetched is a dialog that says so', async () => {
  const onclose = vi.fn();
  const load = vi.fn(() => Promise.resolve({ default: Dialog })).mockRejectedValueOnce(new TypeError('no such file'));
  render(Later<ComponentProps<typeof Dialog>>, { of: new Part(load), title: 'Keys', children, onclose });

  await screen.findByRole('dialog', { name: 'This could not be loaded' });
  await userEvent.setup().click(screen.getByRole('button', { name: 'Try again' }));

  await screen.findByRole('dialog', { name: 'Keys' });
  expect(screen.getAllByRole('dialog')).toHaveLength(1);
  expect(onclose).not.toHaveBeenCalled();
});

test('a dialog that could not be fetched can be closed', async () => {
  const onclose = vi.fn();
  const part = new Part<ComponentProps<typeof Dialog>>(() => Promise.reject(new TypeError('no such file')));
  render(Later<ComponentProps<typeof Dialog>>, { of: part, title: 'Keys', children, onclose });

  await userEvent.setup().click(await screen.findByRole('button', { name: 'Close' }));

  expect(onclose).toHaveBeenCalledOnce();
});

test('parts are fetched ahead one by one, those that fail too, until that is stopped', async () => {
  vi.useFakeTimers();
  const load = vi.fn(() => Promise.resolve({ default: Keys }));
  const failing = vi.fn(() => Promise.reject<{ default: typeof Keys }>(new TypeError('no such file')));
  const parts = [new Part(failing), new Part(load), new Part(load)];

  const stop = fetchAhead();
  await vi.advanceTimersByTimeAsync(1000);
  expect(parts.map(({ component }) => component !== null)).toEqual([false, true, true]);
  stop();

  const last = vi.fn(() => Promise.resolve({ default: Keys }));
  new Part(last);
  fetchAhead()();
  await vi.advanceTimersByTimeAsync(1000);
  expect(last).not.toHaveBeenCalled();
  vi.useRealTimers();
});
