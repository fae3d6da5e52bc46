/** Which fields of an account's form are asked for, and in what words. */
import type { FieldSpec, ProviderKind } from '../../backend/types';
import { asApiError } from '../../errors/refusal';
import { find, sayOr } from '../../i18n/words';

/** Words may be given for one provider; otherwise the field's own; a field nobody has worded shows its key. */
export function fieldWords(kind: ProviderKind, key: string): { label: string; help: string | undefined } {
  const own = `ui.provider_fields.${kind}.${key}`;
  const common = `ui.fields.${key}`;
  return {
    label: sayOr(`${own}.label`, sayOr(`${common}.label`, key.replaceAll('_', ' '))),
    help: find(`${own}.help`) ?? find(`${common}.help`),
  };
}

export function choiceWords(key: string, value: string): string {
  return sayOr(`ui.field_choices.${key}.${value}`, value.replaceAll('_', ' '));
}

/** Fields that count with these values: some belong to one value of `mode` only. */
export function fieldsInMode(fields: FieldSpec[], values: Record<string, string>): FieldSpec[] {
  const modeField = fields.find(({ key }) => key === 'mode');
  const mode = values['mode'] || modeField?.default;
  return fields.filter(({ only_in_mode }) => only_in_mode === null || only_in_mode === mode);
}

/** A value that was refused, so that its own field can say so. */
export interface WrongValue {
  key: string;
  value: string;
  why: string;
}

export function wrongValue(error: unknown): WrongValue | null {
  if (error === null) return null;
  const { code, params } = asApiError(error);
  const { key, value, why } = params;
  return code === 'setting_invalid' && key && why ? { key, value: (value ?? '').trim(), why } : null;
}

/** In words, where there is more than one way of signing in: the fields of the others may stay empty. */
export function waysToSignIn(kind: ProviderKind): string | undefined {
  return find(`ui.sign_in_ways.${kind}`);
}

/** Newer engines say which required field a field stands in for, together with all others that name the same. */
type MayStandIn = FieldSpec & { instead_of?: string | null };

/** Whether a field must be filled in by itself: not where others may be given in its place. */
export function mustBeFilled(field: FieldSpec, fields: MayStandIn[]): boolean {
  return field.required && !fields.some(({ instead_of }) => instead_of === field.key);
}
