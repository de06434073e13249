import type { z } from 'zod';
import { nearest, UserError } from '../model/index.ts';
import type { YamlDocument } from './document.ts';

/** A JSON value in a few characters, for a message. */
function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

function allowedKeys(schema: z.core.$ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.core.$ZodType | undefined = schema;
  const unwrap = (one: z.core.$ZodType | undefined): z.core.$ZodTypes | undefined => {
    let inner = one as z.core.$ZodTypes | undefined;
    while (inner?._zod.def.type === 'optional') inner = inner._zod.def.innerType as z.core.$ZodTypes;
    return inner;
  };
  for (const key of path) {
    const def: z.core.$ZodTypes['_zod']['def'] | undefined = unwrap(at)?._zod.def;
    if (def?.type === 'object') at = def.shape[String(key)];
    else if (def?.type === 'record') at = def.valueType;
    else if (def?.type === 'array') at = def.element;
    else return [];
  }
  const def = unwrap(at)?._zod.def;
  return def?.type === 'object' ? Object.keys(def.shape) : [];
}

/** The union's branch that comes nearest to what was written: the one that complains deepest inside the value. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.map((branch) => branch[0]).filter((first) => first !== undefined);
  const inner = branches.sort((a, b) => b.path.length - a.path.length)[0];
  if (!inner || inner.path.length === 0) return issue;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] });
}

/** Turns the first complaint of the schema into a sentence: place, what was found, what is allowed. */
export function schemaError(error: z.ZodError, schema: z.core.$ZodType, document: YamlDocument): UserError {
  const first = error.issues[0];
  if (!first)
    return new UserError('the project file is not valid', { code: 'QB-PROJECT', location: document.locate([]) });
  const issue = deepest(first);
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  const name = path.join('.') || 'the project file';
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const allowed = allowedKeys(schema, path);
    const guess = nearest(key, allowed);
    return new UserError(`unknown key "${key}" in ${name}${guess === undefined ? '' : `; did you mean "${guess}"?`}`, {
      code: 'QB-NAME',
      location: document.locateKey(path, key),
      hint: allowed.length > 0 ? `allowed: ${allowed.join(', ')}` : 'remove it',
    });
  }
  if (issue.code === 'invalid_key') {
    const key = String(path.at(-1));
    return new UserError(`the name ${show(key)} cannot be used: expected ${expectation(issue)}`, {
      code: 'QB-PROJECT',
      location: document.locateKey(path.slice(0, -1), key),
      hint: 'names become parts of the paths of runs and caches; choose another one',
    });
  }
  const found = valueAt(document.value, path);
  const hint = `found ${show(found)}`;
  if (found === undefined && path.length > 0) {
    return new UserError(
      `missing key "${String(path.at(-1))}" in ${path.slice(0, -1).join('.') || 'the project file'}`,
      { code: 'QB-PROJECT', location: document.locate(path), hint: `allowed: ${expectation(issue)}` },
    );
  }
  return new UserError(`${name}: expected ${expectation(issue)}, ${hint}`, {
    code: 'QB-PROJECT',
    location: document.locate(path),
  });
}

const kindNames: Readonly<Record<string, string>> = {
  record: 'a map',
  object: 'a map',
  array: 'a list',
  int: 'a whole number',
};

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return kindNames[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return issue.values.map((value) => show(value)).join(' or ');
    case 'too_small':
      return `at least ${String(issue.minimum)}${issue.origin === 'number' ? '' : ` ${issue.origin === 'string' ? 'character' : 'entry'}`}`;
    case 'too_big':
      return `at most ${String(issue.maximum)}`;
    case 'invalid_union': {
      const parts = issue.errors.map((branch) => branch[0]).filter((part) => part !== undefined);
      return parts.map((part) => expectation(part)).join(' or ') || 'another kind of value';
    }
    case 'invalid_key':
      return issue.issues[0]?.message ?? issue.message;
    case 'invalid_format':
    case 'custom':
      return issue.message;
    default:
      return issue.message;
  }
}
