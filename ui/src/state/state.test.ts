import { expect, test, vi } from 'vitest';

import { Autosave } from '../shared/autosave';
import { newIntent } from './intent';

test('intents sort as they were made', () => {
  const intents = [1, 2 ** 20, 2 ** 40, Date.now(), Date.now() + 1].map(newIntent);
  expect([...intents].sort()).toEqual(intents);
  expect(new Set([newIntent(5), newIntent(5)]).size).toBe(2);
});

test('text typed while a save is under way is saved after it', async () => {
  const saved: string[] = [];
  let finish: () => void = () => {};
  const autosave = new Autosave(async (text) => {
    if (text === 'first') await new Promise<void>((resolve) => (finish = resolve));
    saved.push(text);
  });

  autosave.changed('first');
  const first = autosave.flush();
  autosave.changed('second');
  const second = autosave.flush();
  await vi.waitFor(() => finish());
  finish();
  await Promise.all([first, second]);

  expect(saved).toEqual(['first', 'second']);
});

test('a save that failed is told and the next one is tried', async () => {
  const failed = vi.fn();
  const save = vi.fn().mockRejectedValueOnce(new Error('busy')).mockResolvedValueOnce(undefined);
  const autosave = new Autosave(save, failed);

  autosave.changed('one');
  await autosave.flush();
  autosave.changed('two');
  await autosave.flush();

  expect(failed).toHaveBeenCalledTimes(1);
  expect(save.mock.calls.map(([text]) => text)).toEqual(['one', 'two']);
});
