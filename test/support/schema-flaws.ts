// A validator for the part of JSON Schema (draft 2020-12) that docs/status.schema.json uses. A keyword it does not know is
// an error of the schema, so that nothing is written there that nobody checks.

export type Schema = { [keyword: string]: unknown };

const SILENT = new Set(['$schema', '$defs', 'title', 'description']);

/** Every place at which the value is not as the schema says; empty when it is. */
export function schemaFlaws(schema: Schema, value: unknown, root: Schema = schema, path = '$'): string[] {
  const deeper = (inner: unknown, part: unknown, at: string) => schemaFlaws(inner as Schema, part, root, at);
  const record = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  return Object.entries(schema).flatMap(([keyword, rule]): string[] => {
    const flawed = (is: boolean) => (is ? [] : [`${path}: not as ${keyword} ${JSON.stringify(rule)} says`]);
    switch (keyword) {
      case 'type':
        return flawed([rule].flat().some((type) => typeOf(value) === type || (type === 'number' && isInteger(value))));
      case 'const':
        return flawed(value === rule);
      case 'enum':
        return flawed((rule as unknown[]).includes(value));
      case 'pattern':
        return flawed(typeof value !== 'string' || new RegExp(rule as string).test(value));
      case 'minimum':
        return flawed(typeof value !== 'number' || value >= (rule as number));
      case 'required':
        return (rule as string[])
          .filter((name) => record !== null && !Object.hasOwn(record, name))
          .map((name) => `${path}.${name}: missing`);
      case 'properties':
        return Object.entries(rule as Schema).flatMap(([name, inner]) =>
          record !== null && Object.hasOwn(record, name)
            ? deeper(inner, (record as Schema)[name], `${path}.${name}`)
            : [],
        );
      case 'items':
        return Array.isArray(value) ? value.flatMap((item, index) => deeper(rule, item, `${path}[${index}]`)) : [];
      case 'anyOf':
        return flawed((rule as Schema[]).some((inner) => deeper(inner, value, path).length === 0));
      case '$ref':
        return deeper(definition(root, rule as string), value, path);
      default:
        if (SILENT.has(keyword)) return [];
        throw new Error(`${path}: the schema has a keyword that is not checked here: ${keyword}`);
    }
  });
}

/** The JSON type of a value as schemas name it; whole numbers are `integer`. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return isInteger(value) ? 'integer' : typeof value;
}

const isInteger = (value: unknown): boolean => Number.isInteger(value);

function definition(root: Schema, reference: string): Schema {
  const name = /^#\/\$defs\/(\w+)$/.exec(reference)?.[1] ?? '';
  const found = (root.$defs as Record<string, Schema> | undefined)?.[name];
  if (found === undefined) throw new Error(`the schema has no ${reference}`);
  return found;
}
