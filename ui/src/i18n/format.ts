/** Times, days and durations as people read them. */
import { once } from '../shared/once';

const clockTime = once(() => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' }));
const clockSeconds = once(() => new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' }));
const weekday = once(() => new Intl.DateTimeFormat('en-GB', { weekday: 'long' }));
const dayMonth = once(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' }));
const dayMonthYear = once(() => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' }));
const relativeDay = once(() => new Intl.RelativeTimeFormat('en-GB', { numeric: 'auto' }));
const countries = once(() => new Intl.DisplayNames(['en-GB'], { type: 'region' }));
const twoDigits = once(() => new Intl.NumberFormat('en-GB', { minimumIntegerDigits: 2 }));

const weekdayShort = once(() => new Intl.DateTimeFormat('en-GB', { weekday: 'short' }));

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** `MM:SS`, and `H:MM:SS` from one hour. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = twoDigits().format(Math.floor((whole % 3600) / 60));
  const rest = twoDigits().format(whole % 60);
  return hours > 0 ? `${hours}:${minutes}:${rest}` : `${minutes}:${rest}`;
}

/** `10:42`. */
export function time(instant: string): string {
  return clockTime().format(new Date(instant));
}

/** `10:42:07`. */
export function timeWithSeconds(instant: string): string {
  return clockSeconds().format(new Date(instant));
}

/** Whether a day stands by itself or inside a sentence: `Today` or `today`. */
type Place = 'alone' | 'inside';

function near(days: number, place: Place): string {
  const name = relativeDay().format(days, 'day');
  return place === 'alone' ? capitalised(name) : name;
}

/** `Today`, `Yesterday`, a weekday within the last six days, then the date. */
export function day(instant: string, now: number, place: Place = 'alone'): string {
  const then = new Date(instant);
  const days = Math.round((startOfDay(then.getTime()) - startOfDay(now)) / DAY_MS);
  if (days === 0 || days === -1) return near(days, place);
  if (days < 0 && days > -7) return weekday().format(then);
  return then.getFullYear() === new Date(now).getFullYear() ? dayMonth().format(then) : dayMonthYear().format(then);
}

/**
 * When something will be, by the clock it was read from: `Today, 15:00`, `Tomorrow, 10:00`, `Mon 30 November, 10:00`.
 * `wall` is what that clock shows, such as `2026-12-01T15:00`, without a zone.
 */
export function soon(wall: string, now: number, place: Place = 'alone'): string {
  const then = new Date(wall);
  const days = Math.round((startOfDay(then.getTime()) - startOfDay(now)) / DAY_MS);
  const date = then.getFullYear() === new Date(now).getFullYear() ? dayMonth() : dayMonthYear();
  const name = Math.abs(days) <= 1 ? near(days, place) : `${weekdayShort().format(then)} ${date.format(then)}`;
  return `${name}, ${clockTime().format(then)}`;
}

/** When something was: `Today, 15:00`, `Wed 4 March, 10:00`. */
export function moment(instant: string): string {
  return soon(wallOf(instant), Date.now());
}

/** What this machine's clock shows at an instant. */
export function wallOf(instant: string): string {
  const at = new Date(instant);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16);
}

/** What a clock in a zone shows now: `Fri 01:20`; of a zone that is not known here, what the engine has read there. */
export function timeIn(zone: string, told: string, now: number): string {
  const day = { weekday: 'short', hour: '2-digit', minute: '2-digit' } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...day, timeZone: zone }).format(now).replace(',', '');
  } catch {
    return new Intl.DateTimeFormat('en-GB', day).format(new Date(told)).replace(',', '');
  }
}

/** Zones that are still known by a name their city no longer has. */
const RENAMED: Record<string, string> = { Calcutta: 'Kolkata', Katmandu: 'Kathmandu', Kiev: 'Kyiv', Rangoon: 'Yangon', Saigon: 'Ho Chi Minh City' };

/** `New York` for `America/New_York`. */
export function zoneName(zone: string): string {
  const city = (zone.split('/').at(-1) ?? zone).replaceAll('_', ' ');
  return RENAMED[city] ?? city;
}

/** The name of a country by its two letters. */
export function countryName(code: string): string {
  try {
    return countries().of(code) ?? code;
  } catch {
    return code;
  }
}

function startOfDay(instant: number): number {
  return new Date(instant).setHours(0, 0, 0, 0);
}

function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase('en-GB') + text.slice(1);
}
