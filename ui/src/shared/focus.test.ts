import { afterEach, expect, test, vi } from 'vitest';

import { giveBack } from './focus';

afterEach(() => document.body.replaceChildren());

function button(): HTMLButtonElement {
  const made = document.createElement('button');
  document.body.append(made);
  return made;
}

test('what was refused at once is given after the next frame', async () => {
  const before = button();
  const refusing = vi.spyOn(before, 'focus').mockImplementationOnce(() => {});
  giveBack(before);
  expect(document.activeElement).toBe(document.body);
  await vi.waitFor(() => expect(document.activeElement).toBe(before));
  expect(refusing).toHaveBeenCalledTimes(2);
});

test('nothing is taken from what has the focus by then', async () => {
  const before = button();
  const next = button();
  next.focus();
  giveBack(before);
  await new Promise((frame) => requestAnimationFrame(() => setTimeout(frame)));
  expect(document.activeElement).toBe(next);
});
