/** An error of the engine in words: what happened and what to do. */
import type { ApiError } from '../backend/types';
import { find, sayOr, t } from '../i18n/words';

export interface Refusal {
  message: string;
  hint: string | null;
  /** For small print. */
  code: string;
}

/** Whatever a command rejected with; what is no error of the engine is shown as such, never swallowed. */
export function asApiError(thrown: unknown): Required<ApiError> {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && typeof thrown.code === 'string') {
    const error = thrown as Partial<ApiError> & { code: string };
    return { code: error.code, class: error.class ?? 'failed', params: error.params ?? {} };
  }
  return { code: 'unexpected', class: 'failed', params: { detail: String(thrown) } };
}

/** The words for an error. */
export function refusal(thrown: unknown): Refusal {
  const { code, params } = asApiError(thrown);
  // Next steps are for both faces where they can be; where they name a command, the window has its own.
  const own = `errors.${code}.window`;
  const hint = find(own) === undefined ? `errors.${code}.hint` : own;
  return {
    message: sayOr(`errors.${code}.message`, t('ui.error.unknown', { detail: params['detail'] ?? code }), params),
    hint: find(hint) === undefined ? null : sayOr(hint, '', params),
    code,
  };
}
