/**
 * The first key that one object of a JSON text has twice, with its line; null when there is none. `JSON.parse` keeps
 * the last of the two without a word, so that a setting an admin can see in the file would not be in force. The text
 * must already be valid JSON.
 */
export function repeatedJsonKey(json: string): { key: string; line: number } | null {
  const open: (Set<string> | null)[] = [];
  let line = 1;
  // A string directly before a colon is a key; strings are matched whole, so that nothing inside them counts.
  for (const [token, text, colon] of json.matchAll(/("(?:[^"\\]|\\.)*")(\s*:)?|[{}[\]\n]/g)) {
    if (token === '\n') line += 1;
    else if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else if (text !== undefined && colon !== undefined) {
      const key = String(JSON.parse(text));
      const keys = open.at(-1);
      if (keys?.has(key)) return { key, line };
      keys?.add(key);
      line += colon.split('\n').length - 1;
    }
  }
  return null;
}
