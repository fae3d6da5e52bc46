import type { Backend } from '../backend/backend';
import type { ContactRef, ShownNumber } from '../backend/types';

/** What is known here of a number that a provider named. */
export interface KnownNumber {
  /** Formatted for people; none for what is no telephone number, such as an extension. */
  shown: ShownNumber | null;
  contact: ContactRef | null;
}

/** Reads a provider's numbers as this machine knows them, each once. What cannot be read is left out and stays as it is written. */
export async function knownNumbers(backend: Backend, account: string, numbers: Iterable<string>): Promise<Map<string, KnownNumber>> {
  const ask = async (number: string): Promise<[string, KnownNumber][]> => {
    try {
      const { number: read, shown, contact } = await backend.checkTarget(number, account);
      return [[number, { shown: read === null ? null : shown, contact }]];
    } catch {
      return [];
    }
  };
  return new Map((await Promise.all([...new Set(numbers)].map(ask))).flat());
}
