import type { ImportLook, ImportReport, ImportWish } from '../types';

/** Files on their way in, as far as a page can tell: a table with commas whose first row names name and number. */
export class FakeImports {
  readonly uploads = new Map<string, string>();
  /** What was asked for last. */
  lastWish: ImportWish | null = null;
  /** Holds an import until it is let go or cancelled. */
  hold: Promise<void> | null = null;
  remembered = false;
  #cancel: ((why: 'cancelled') => void) | null = null;

  begin(): string {
    const id = `upload-${this.uploads.size + 1}`;
    this.uploads.set(id, '');
    return id;
  }

  add(id: string, piece: Uint8Array): void {
    this.uploads.set(id, (this.uploads.get(id) ?? '') + new TextDecoder().decode(piece));
  }

  look(id: string, wish: ImportWish): ImportLook {
    this.lastWish = wish;
    const [headings = [], ...rows] = this.#cells(id);
    const roleOf = (column: number, heading: string) => {
      const chosen = wish.columns?.find((of) => of.column === String(column));
      if (chosen) return chosen.role;
      return ['name', 'number', 'company'].find((role) => role === heading.toLowerCase()) ?? null;
    };
    const columns = headings.map((heading, index) => ({
      column: index + 1,
      heading,
      role: roleOf(index + 1, heading),
      samples: rows.slice(0, 5).map((row) => row[index] ?? ''),
    }));
    const place = (role: string) => columns.findIndex((column) => column.role === role);
    return {
      kind: 'table',
      bytes: this.uploads.get(id)?.length ?? 0,
      encoding: wish.encoding ?? 'UTF-8',
      delimiter: wish.delimiter ?? ',',
      has_headings: wish.has_headings ?? true,
      country: wish.country ?? 'GB',
      remembered: this.remembered && !wish.detect_anew,
      is_usable: place('name') >= 0 || place('number') >= 0,
      columns,
      rows: rows.map((row, index) => {
        const [name, number, company] = ['name', 'number', 'company'].map((role) => row[place(role)] ?? '');
        const bad = number === '12';
        return {
          line: index + 2,
          contact: bad ? null : { name: name ?? '', company: company || null, email: null, note: null, tags: [], favourite: false, do_not_call: false, numbers: number ? [[number, null]] : [] },
          problems: bad ? [{ line: index + 2, reason: 'Number 12: This cannot be called. Add the missing digits.' }] : [],
        };
      }),
      left_out: [],
    };
  }

  /** What it comes to; none where it was cancelled. */
  async run(id: string, wish: ImportWish): Promise<ImportReport | null> {
    const { rows } = this.look(id, wish);
    if (this.hold) {
      const cancelled = new Promise<'cancelled'>((resolve) => (this.#cancel = resolve));
      if ((await Promise.race([this.hold, cancelled])) === 'cancelled') return null;
    }
    const skipped = rows.flatMap(({ problems }) => problems);
    this.uploads.delete(id);
    return { added: rows.length - skipped.length, updated: 0, unchanged: 0, skipped, rows: rows.length, problems: skipped.length, left_out: [], mapping_remembered: false };
  }

  cancel(): void {
    this.#cancel?.('cancelled');
  }

  #cells(id: string): string[][] {
    const text = this.uploads.get(id) ?? '';
    return text.trim().split('\n').map((line) => line.split(','));
  }
}
