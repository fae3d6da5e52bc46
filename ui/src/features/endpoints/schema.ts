/** An endpoint's document and the provider's JSON schema of it, as the form sees them. */
import type { Value } from '../../backend/types';
import { sayOr } from '../../i18n/words';

export type Members = { [key in string]: Value };

/** What a form can make of one part of a schema. */
export type Shape =
  | { kind: 'text'; required: boolean; longest: number | undefined }
  | { kind: 'integer'; required: boolean; least: number | undefined; most: number | undefined }
  | { kind: 'boolean'; default: boolean | null }
  | { kind: 'choice'; values: Value[]; default: Value | null }
  | { kind: 'texts' }
  /** Known members, and others by name where `free`. */
  | { kind: 'object'; fields: FieldShape[]; free: boolean }
  /** Nothing that a form can show: kept as it is. */
  | { kind: 'other' };

export interface FieldShape {
  key: string;
  /** Dotted, as complaints name it. */
  path: string;
  help: string | undefined;
  required: boolean;
  shape: Shape;
}

export function members(value: Value | undefined): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** The fields of a schema, in its order; `$ref` leads into the schema's own definitions. */
export function fieldsOf(schema: Value, root: Value = schema, path = ''): FieldShape[] {
  const required = members(schema)['required'];
  const isRequired = (key: string) => Array.isArray(required) && required.includes(key);
  return Object.entries(members(members(schema)['properties'])).map(([key, raw]) => {
    const of = resolved(raw, root);
    const here = path === '' ? key : `${path}.${key}`;
    const help = members(raw)['description'] ?? of['description'];
    return {
      key,
      path: here,
      help: typeof help === 'string' ? help : undefined,
      required: isRequired(key),
      shape: shapeOf(of, root, here, isRequired(key)),
    };
  });
}

function resolved(raw: Value, root: Value): Members {
  const reference = members(raw)['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return members(raw);
  let node: Value | undefined = root;
  for (const part of reference.slice(2).split('/')) node = members(node)[part];
  return members(node);
}

function shapeOf(of: Members, root: Value, path: string, required: boolean): Shape {
  const values = of['enum'];
  if (Array.isArray(values)) return { kind: 'choice', values: distinct(values), default: of['default'] ?? null };
  switch (of['type']) {
    case 'string':
      return { kind: 'text', required, longest: numberOf(of['maxLength']) };
    case 'integer':
    case 'number':
      return { kind: 'integer', required, least: numberOf(of['minimum']), most: numberOf(of['maximum']) };
    case 'boolean':
      return { kind: 'boolean', default: typeof of['default'] === 'boolean' ? of['default'] : null };
    case 'array':
      return members(of['items'])['type'] === 'string' ? { kind: 'texts' } : { kind: 'other' };
    case 'object': {
      const free = Object.keys(members(of['patternProperties'])).length > 0 || Object.keys(members(of['additionalProperties'])).length > 0;
      return { kind: 'object', fields: fieldsOf(of, root, path), free };
    }
    default:
      return { kind: 'other' };
  }
}

/** Some schemas allow `"true"` beside `true`: one of them is enough to choose from. */
function distinct(values: Value[]): Value[] {
  return values.filter((value) => !(typeof value === 'string' && values.some((other) => typeof other === 'boolean' && String(other) === value)));
}

function numberOf(value: Value | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The object with one member set, or without it where there is nothing to set. */
export function withMember(object: Members, key: string, value: Value | undefined): Members {
  if (value !== undefined) return { ...object, [key]: value };
  const { [key]: _gone, ...rest } = object;
  return rest;
}

/** An empty text, list or object says nothing: the member is left out. */
export function orNothing(value: Value): Value | undefined {
  if (value === '') return undefined;
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return undefined;
  return value;
}

/** A field's name for people; one that nobody has worded shows its key. */
export function labelOf({ key, path }: FieldShape): string {
  const words = key.replaceAll('_', ' ');
  return sayOr(`ui.endpoint.fields.${path}`, sayOr(`ui.endpoint.fields.${path}.label`, words.charAt(0).toUpperCase() + words.slice(1)));
}

/** What complaints say of a field: of itself, and where it is a list, of its lines. */
export function complaintAbout(complaints: Record<string, string>, path: string, withParts: boolean): string | undefined {
  const about = Object.entries(complaints).filter(([of]) => of === path || (withParts && of.startsWith(`${path}.`)));
  return about.length === 0 ? undefined : about.map(([, why]) => why).join(' ');
}

const FIELD = 'field.';

/** The complaints in an error's parameters, by dotted path. */
export function complaintsIn(params: { [key in string]: string }): Record<string, string> {
  const about = Object.entries(params).filter(([key]) => key.startsWith(FIELD));
  return Object.fromEntries(about.map(([key, why]) => [key.slice(FIELD.length), why]));
}
