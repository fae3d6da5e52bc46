/**
 * The window's words. `en.json` is shared with the engine: keys below `ui` are the window's own and checked by the
 * compiler; the others arrive from the engine as keys with parameters.
 */
import type { Words } from '../backend/types';
import { once } from '../shared/once';
import en from './en.json';

type Tree = { [key: string]: string | Tree };
type Paths<T, Prefix extends string = ''> = {
  [K in keyof T & string]: T[K] extends string ? `${Prefix}${K}` : Paths<T[K], `${Prefix}${K}.`>;
}[keyof T & string];
type WithoutCount<K extends string> = K extends `${infer Base}.other` ? Base : never;

/** A key of the window's own words. */
export type Key = Paths<(typeof en)['ui'], 'ui.'>;
/** A key whose words depend on a number: it has `one` and `other` below it. */
export type CountKey = WithoutCount<Key>;
export type Params = Record<string, string | number>;

const plural = once(() => new Intl.PluralRules('en'));
const integer = once(() => new Intl.NumberFormat('en'));

/** The words for a dotted key, or none. */
export function find(key: string): string | undefined {
  let node: string | Tree | undefined = en as Tree;
  for (const part of key.split('.')) {
    if (typeof node !== 'object' || !Object.hasOwn(node, part)) return undefined;
    node = node[part];
  }
  return typeof node === 'string' ? node : undefined;
}

function fill(template: string, params: Params): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return typeof value === 'number' ? integer().format(value) : value;
  });
}

/** The window's own words for a key. */
export function t(key: Key, params: Params = {}): string {
  return fill(find(key) ?? key, params);
}

/** Words that depend on a number; the number itself goes in as `count`. */
export function count(key: CountKey, number: number, params: Params = {}): string {
  return fill(find(`${key}.${plural().select(number)}`) ?? find(`${key}.other`) ?? key, { ...params, count: number });
}

/** Words under a key that is put together at run time; `fallback` where there are none. */
export function sayOr(key: string, fallback: string, params: Params = {}): string {
  const template = find(key);
  return template === undefined ? fallback : fill(template, params);
}

/** A sentence with the names of settings in it, which have labels here. */
export function labelled(text: string): string {
  return text.replace(/\b[a-z]+(?:_[a-z]+)*\b(?=,|$)/g, (key) => find(`ui.fields.${key}.label`) ?? key);
}

/** A sentence of the engine. */
export function say(words: Words): string {
  return sayOr(words.key, words.key, words.params);
}
