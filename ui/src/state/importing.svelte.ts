import type { Backend } from '../backend/backend';
import type { ImportLook, ImportReport, ImportWish } from '../backend/types';
import { newIntent } from './intent';

/** What the engine takes at the most. */
export const LIMIT_BYTES = 2 * 1024 * 1024 * 1024;
/** A message to the engine holds one piece. */
const PIECE_BYTES = 256 * 1024;

/** Where an import is. */
export type Stage =
  | { at: 'choose' }
  | { at: 'sending'; sent: number; total: number }
  | { at: 'look'; look: ImportLook }
  | { at: 'importing' }
  | { at: 'done'; report: ImportReport };

const PLAIN: Required<ImportWish> = { country: null, encoding: null, delimiter: null, has_headings: null, columns: [], detect_anew: false };

/** A file of people on its way in: handed to the engine, looked at, read as somebody says, taken in. */
export class Importing {
  readonly #backend: Backend;
  #upload: string | null = null;
  /** Of several looks only the last counts. */
  #looks = 0;
  /** Of several files too: what was begun for another one stops. */
  #files = 0;

  #stage = $state.raw<Stage>({ at: 'choose' });
  #name = $state('');
  #id = $state('');
  #wish = $state.raw<Required<ImportWish>>(PLAIN);
  #reading = $state(false);
  #cancelling = $state(false);
  #error = $state.raw<unknown>(null);
  #saved = $state('');

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  get stage(): Stage {
    return this.#stage;
  }
  /** Of the file, as it was chosen. */
  get name(): string {
    return this.#name;
  }
  /** By which the engine tells how far it is. */
  get id(): string {
    return this.#id;
  }
  get wish(): Required<ImportWish> {
    return this.#wish;
  }
  /** Whether the file is being looked at anew. */
  get reading(): boolean {
    return this.#reading;
  }
  /** Whether the import was told to end. */
  get cancelling(): boolean {
    return this.#cancelling;
  }
  get error(): unknown {
    return this.#error;
  }
  /** Where the problems of the import were saved. */
  get saved(): string {
    return this.#saved;
  }

  async choose(file: File): Promise<void> {
    await this.close();
    const files = (this.#files += 1);
    this.#name = file.name;
    this.#wish = PLAIN;
    this.#stage = { at: 'sending', sent: 0, total: file.size };
    try {
      const upload = await this.#backend.beginUpload(file.size);
      this.#upload = upload;
      for (let offset = 0; offset < file.size; offset += PIECE_BYTES) {
        const piece = await file.slice(offset, offset + PIECE_BYTES).arrayBuffer();
        if (files !== this.#files) return;
        await this.#backend.uploadPiece(upload, offset, new Uint8Array(piece));
        if (files !== this.#files) return;
        this.#stage = { at: 'sending', sent: offset + piece.byteLength, total: file.size };
      }
      await this.#look();
    } catch (thrown) {
      if (files !== this.#files) return;
      await this.close();
      this.#error = thrown;
    }
  }

  /** Has the file read in another way, and shows what comes of it. */
  async read(change: Partial<Required<ImportWish>>): Promise<void> {
    // Columns are others where cells are parted or letters are read in another way.
    const isOther = 'encoding' in change || 'delimiter' in change || 'has_headings' in change || 'detect_anew' in change;
    this.#wish = { ...this.#wish, ...(isOther ? { columns: [] } : {}), ...change };
    await this.#look();
  }

  /** Says what a column is for. */
  async map(column: number, role: string): Promise<void> {
    const place = String(column);
    const others = this.#wish.columns.filter((of) => of.column !== place);
    await this.read({ columns: [...others, { column: place, role }] });
  }

  async start(): Promise<void> {
    if (this.#stage.at !== 'look' || this.#upload === null) return;
    const before = this.#stage;
    this.#id = newIntent();
    this.#error = null;
    this.#cancelling = false;
    this.#stage = { at: 'importing' };
    try {
      const report = await this.#backend.startImport(this.#id, this.#upload, this.#wish);
      this.#upload = null;
      this.#stage = { at: 'done', report };
    } catch (thrown) {
      // The file is still there: it can be read in another way, or once more.
      this.#stage = before;
      this.#error = thrown;
    }
  }

  /** The import itself answers that it was cancelled, once whoever is in already is out again. */
  async cancel(): Promise<void> {
    this.#cancelling = true;
    await this.#backend.cancelImport(this.#id);
  }

  async saveProblems(): Promise<void> {
    try {
      this.#saved = await this.#backend.saveImportProblems(this.#id);
    } catch (thrown) {
      this.#error = thrown;
    }
  }

  /** Back to the beginning; a file that was handed over is dropped. */
  async close(): Promise<void> {
    this.#files += 1;
    const upload = this.#upload;
    this.#upload = null;
    this.#stage = { at: 'choose' };
    this.#error = null;
    this.#saved = '';
    if (upload === null) return;
    try {
      await this.#backend.dropUpload(upload);
    } catch {
      // The engine deletes it when it starts next.
    }
  }

  async #look(): Promise<void> {
    const upload = this.#upload;
    if (upload === null) return;
    const looks = (this.#looks += 1);
    this.#reading = true;
    try {
      const look = await this.#backend.inspectImport(upload, this.#wish);
      if (looks !== this.#looks || upload !== this.#upload) return;
      this.#error = null;
      this.#stage = { at: 'look', look };
    } catch (thrown) {
      if (looks !== this.#looks) return;
      // Nothing is known of it yet: then there is nothing to go back to.
      if (this.#stage.at === 'sending') throw thrown;
      this.#error = thrown;
    } finally {
      if (looks === this.#looks) this.#reading = false;
    }
  }
}
