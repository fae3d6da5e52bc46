import { type BoundFunctions, type queries, render, screen, within } from '@testing-library/svelte';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import axe from 'axe-core';
import { vi } from 'vitest';

import App from '../App.svelte';
import { FakeBackend, type World } from '../backend/fake/backend';
import { fetchAll } from '../shared/parts.svelte';

export interface OpenWindow {
  backend: FakeBackend;
  user: UserEvent;
}

/** The whole window over a fake engine, once it has painted its first view and has all its parts. */
export async function openWindow(world: Partial<World> = {}): Promise<OpenWindow> {
  const backend = new FakeBackend(world);
  return { backend, user: await show(backend) };
}

/** The same with an engine prepared by the test. */
export async function show(backend: FakeBackend): Promise<UserEvent> {
  const user = userEvent.setup();
  await fetchAll();
  render(App, { backend });
  await screen.findByRole('combobox', { name: 'Name or number' });
  return user;
}

/** The field that takes names and numbers. */
export function field(): HTMLElement {
  return screen.getByRole('combobox', { name: 'Name or number' });
}

/** The pane with the field and what is found: the page of a person has lists of its own. */
export function peoplePane(): BoundFunctions<typeof queries> {
  return within(screen.getByRole('region', { name: 'People' }));
}

/** Types a name or number and waits until something is found for it. */
export async function find(user: UserEvent, text: string): Promise<void> {
  await user.click(field());
  await user.clear(field());
  await user.type(field(), text);
  await vi.waitFor(() => {
    if (screen.queryAllByRole('option', { selected: true }).length === 0) throw new Error('nothing is highlighted yet');
  });
}

/** What axe finds wrong, each as one line. Colours are computed by a real browser only. */
export async function accessibilityProblems(): Promise<string[]> {
  const { violations } = await axe.run(document.body, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
