/** The one of `choices` somebody probably meant by `given`; undefined when none is close. */
export function nearest(given: string, choices: readonly string[]): string | undefined {
  const plain = given.toLowerCase();
  const limit = Math.max(2, Math.floor(plain.length / 3));
  let best: { choice: string; steps: number } | undefined;
  for (const choice of choices) {
    const steps = stepsBetween(plain, choice.toLowerCase());
    if (steps <= limit && (!best || steps < best.steps)) best = { choice, steps };
  }
  return best?.choice;
}

/** How many letters to add, drop or swap to get from one word to the other. */
function stepsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
