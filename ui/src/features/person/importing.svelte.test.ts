import { fireEvent, screen, within } from '@testing-library/svelte';
import { expect, test, vi } from 'vitest';

import { accessibilityProblems, openWindow } from '../../testing/window';

type Opened = Awaited<ReturnType<typeof openWindow>>;

async function openImport(opened: Opened): Promise<HTMLElement> {
  await opened.user.click(screen.getByRole('button', { name: 'Import people from a file' }));
  return screen.findByRole('region', { name: 'Import people' });
}

async function choose(opened: Opened, text: string): Promise<void> {
  const file = new File([text], 'people.csv', { type: 'text/csv' });
  await opened.user.upload(await screen.findByLabelText('File'), file);
}

test('a file is shown as it will be read before anything is kept, and read as somebody says', async () => {
  const opened = await openWindow();
  await openImport(opened);
  await choose(opened, 'name,who,number\nGlobex,Ann,+442079460101\nInitech,Bob,12\n');

  const preview = await screen.findByRole('region', { name: /first people/ });
  expect(within(preview).getByText('Globex')).toBeTruthy();
  expect(within(preview).getByText(/cannot be called/)).toBeTruthy();
  expect(await accessibilityProblems()).toEqual([]);

  await opened.user.selectOptions(screen.getByLabelText('What column “name” is for'), 'Company');
  await opened.user.selectOptions(screen.getByLabelText('What column “who” is for'), 'Name');
  await within(preview).findByText('Ann');
  await opened.user.click(screen.getByRole('button', { name: 'Import' }));

  await screen.findByText('1 person added');
  expect(opened.backend.imports.lastWish?.columns).toEqual([
    { column: '1', role: 'company' },
    { column: '2', role: 'name' },
  ]);
  await opened.user.click(screen.getByRole('button', { name: 'Save the problems as a file' }));
  await screen.findByText(/Saved as .*problems\.csv/);
  expect(await accessibilityProblems()).toEqual([]);
});

test('an import shows how far it is, and cancelling it goes back to the file', async () => {
  const opened = await openWindow();
  await openImport(opened);
  await choose(opened, 'name,number\nAnn,+442079460101\n');
  opened.backend.imports.hold = new Promise(() => {});
  const start = vi.spyOn(opened.backend, 'startImport');
  await opened.user.click(await screen.findByRole('button', { name: 'Import' }));

  const bar = await screen.findByRole('progressbar', { name: 'Importing' });
  const id = start.mock.calls[0]?.[0] ?? '';
  opened.backend.emit({ type: 'import_progress', import: 'of another window', bytes: 90, total: 100, rows: 900 });
  opened.backend.emit({ type: 'import_progress', import: id, bytes: 25, total: 100, rows: 250 });
  await screen.findByText('Importing: 250 rows so far');
  expect(bar.getAttribute('value')).toBe('25');

  await opened.user.click(screen.getByRole('button', { name: 'Cancel' }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('Nothing was taken in');
  // Once more from where it was.
  opened.backend.imports.hold = null;
  await opened.user.click(screen.getByRole('button', { name: 'Import' }));
  await screen.findByText('1 person added');
});

test('a remembered mapping is said, and can be looked at anew', async () => {
  const opened = await openWindow();
  opened.backend.imports.remembered = true;
  await openImport(opened);
  await choose(opened, 'name,number\nAnn,+442079460101\n');
  await screen.findByText('Read like the last file with these headings.');
  await opened.user.click(screen.getByRole('button', { name: 'Look anew' }));
  await vi.waitFor(() => expect(screen.queryByText('Read like the last file with these headings.')).toBeNull());
});

test('a file can be dropped, and is dropped by the engine too when it is not wanted', async () => {
  const opened = await openWindow();
  const panel = await openImport(opened);
  const file = new File(['name,number\nAnn,+442079460101\n'], 'dropped.csv');
  await fireEvent.drop(panel, { dataTransfer: { files: [file] } });
  await screen.findByText('dropped.csv');
  await opened.user.click(await screen.findByRole('button', { name: 'Cancel' }));
  await screen.findByLabelText('File');
  expect(opened.backend.imports.uploads.size).toBe(0);
});

test('everybody is exported into the downloads, and the window says where', async () => {
  const opened = await openWindow();
  await openImport(opened);
  await opened.user.click(screen.getByRole('button', { name: 'As vCards' }));
  await screen.findByText(/Saved as .*Dialdeck contacts\.vcf/);
});
