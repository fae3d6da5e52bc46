import type { BarTold, Place, QuickView } from './types';

/** What only the quick dial bar does. The rest is as in the window's `Backend`. */
export interface BarBackend {
  /** Rows for a text; nothing typed is what is at hand. */
  quick(text: string, account: string | null): Promise<QuickView>;
  /** The page is there and hears what it is told. */
  ready(): Promise<void>;
  /** What it was opened with is on screen. */
  painted(): Promise<void>;
  /** How high the page is, in CSS pixels. */
  height(pixels: number): Promise<void>;
  /** The agent is done with it. */
  done(): Promise<void>;
  /** On in the main window. */
  go(place: Place): Promise<void>;
  listen(heard: (told: BarTold) => void): Promise<() => void>;
}
