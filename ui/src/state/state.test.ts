import { expect, test, vi } from 'vitest';

import { FakeBackend } from '../backend/fake/backend';
import { call, callback } from '../backend/fake/samples';
import { Autosave } from '../shared/autosave';
import { Callbacks } from './callbacks.svelte';
import { EngineState } from './engine.svelte';
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

test('events that a reply has overtaken do not take a call back', async () => {
  const backend = new FakeBackend();
  const engine = new EngineState(backend);
  await engine.start();
  const placed = call({ dispatch: 'accepted', phase: 'ringing_agent' });

  engine.adopt(placed, engine.mark());
  backend.emit({ type: 'call', call: { ...placed, dispatch: 'sent', phase: 'requested' } });
  expect(engine.call(placed.id)?.phase).toBe('ringing_agent');

  backend.emit({ type: 'call', call: { ...placed, phase: 'ringing_customer' } });
  expect(engine.call(placed.id)?.phase).toBe('ringing_customer');
});

test('what was told before the snapshot was drawn does not take it back', async () => {
  const backend = new FakeBackend();
  const running = call({ phase: 'ringing_customer' });
  const listen = vi.spyOn(backend, 'listen');
  const engine = new EngineState(backend);
  backend.emit({ type: 'call', call: { ...running, phase: 'ringing_agent' } });
  backend.emit({ type: 'call', call: running });
  await engine.start();

  const heard = listen.mock.calls[0]?.[0];
  heard?.({ type: 'call', call: { ...running, phase: 'ringing_agent' }, number: 1 });
  expect(engine.call(running.id)?.phase).toBe('ringing_customer');
  heard?.({ type: 'call', call: { ...running, phase: 'connected' }, number: 3 });
  expect(engine.call(running.id)?.phase).toBe('connected');
});

test('of the calls that are over the latest keeps its card, and a missed one', async () => {
  const backend = new FakeBackend();
  const engine = new EngineState(backend);
  await engine.start();
  const over = { phase: 'ended', outcome: 'talked' } as const;
  const calls = [
    call({ id: 'first', requested_at: '2026-01-01T09:00:00Z', ...over }),
    call({ id: 'missed', requested_at: '2026-01-01T09:01:00Z', ...over, outcome: 'missed' }),
    call({ id: 'latest', requested_at: '2026-01-01T09:02:00Z', ...over }),
    call({ id: 'running', requested_at: '2026-01-01T08:00:00Z' }),
  ];

  for (const of of calls) engine.adopt(of, engine.mark());
  expect(engine.cards.map(({ id }) => id)).toEqual(['running', 'latest', 'missed']);
});

test('an older view of a callback does not take a newer one back', async () => {
  const backend = new FakeBackend();
  const callbacks = new Callbacks(backend);
  await callbacks.start();
  const made = callback({ changed_at: '2026-01-01T09:00:00.5Z' });

  callbacks.adopt({ ...made, state: 'done' });
  // The same second without its fraction: as text it would sort behind.
  backend.emit({ type: 'callback', callback: { ...made, changed_at: '2026-01-01T09:00:00Z' } });

  expect(callbacks.open).toEqual([]);
  expect(callbacks.closed.map(({ id }) => id)).toEqual([made.id]);
});
