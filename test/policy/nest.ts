/** `nest('a.b', 1)` is `{a: {b: 1}}`: one setting as an admin writes it. */
export function nest(key: string, value: unknown): Record<string, unknown> {
  const [name = '', ...rest] = key.split('.');
  return { [name]: rest.length === 0 ? value : nest(rest.join('.'), value) };
}
