import type { CallView, ContactRef, ContactView } from '../backend/types';
import { count } from '../i18n/words';

/** Who somebody is, or may be where several have the number and nobody said which. */
export function nameOf(contact: ContactRef | null): string | null {
  if (contact === null || certain(contact)) return contact?.name ?? null;
  return count('ui.person.shared', contact.others ?? 0, { name: contact.name });
}

/** The contact, where nobody else may be meant. */
export function certain(contact: ContactRef | null): ContactRef | null {
  return (contact?.others ?? 0) === 0 ? contact : null;
}

/** Whether a call or callback is with a person, or may be. */
export function mayBeWith(person: ContactView, { contact, customer }: Pick<CallView, 'contact' | 'customer'>): boolean {
  if (contact === null || certain(contact)) return contact?.id === person.id;
  return person.numbers.some(({ number }) => number === customer);
}
