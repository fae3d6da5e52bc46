/** A finding of the guard in words: what it is and what to do instead. */
import type { GuardFinding } from '../backend/types';
import { countryName } from './format';
import { find, sayOr } from './words';

export interface GuardWords {
  message: string;
  hint: string | null;
}

export function guardWords(finding: GuardFinding): GuardWords {
  const params = {
    country: finding.country ? countryName(finding.country) : '',
    local_time: finding.local_time ?? '',
  };
  const key = `guard.${finding.reason}`;
  const hint = `${key}.hint`;
  return {
    message: sayOr(`${key}.message`, sayOr(key, finding.reason.replaceAll('_', ' '), params), params),
    hint: find(hint) === undefined ? null : sayOr(hint, '', params),
  };
}
