/**
 * The known key that was probably meant, or null when none is near enough to be worth suggesting. Letter case counts
 * for nothing; a key written without its group (`floorMinutes`) is found in it, unless several groups have such a key.
 */
export function nearestKey(written: string, known: readonly string[]): string | null {
  const wanted = written.toLowerCase();
  const depth = wanted.split('.').length;
  const limit = Math.max(1, Math.floor(wanted.length / 4));
  let nearest: { key: string; distance: number; shared: boolean } | null = null;
  for (const key of known) {
    const candidate = key.toLowerCase();
    // Half a step more for the missing group, so that a whole key at the same distance wins.
    const tail = candidate.split('.').slice(-depth).join('.');
    const whole = distanceBetween(wanted, candidate, limit);
    const distance = tail === candidate ? whole : Math.min(whole, distanceBetween(wanted, tail, limit) + 0.5);
    if (distance > limit) continue;
    if (nearest === null || distance < nearest.distance) nearest = { key, distance, shared: false };
    else if (distance === nearest.distance) nearest.shared = true;
  }
  return nearest === null || nearest.shared ? null : nearest.key;
}

/**
 * How many letters must be added, left out, changed or swapped with their neighbour (Damerau-Levenshtein, restricted).
 * Anything above `limit` is answered with Infinity without being worked out.
 */
export function distanceBetween(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const changed = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let least = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, changed);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        least = Math.min(least, (beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    beforeLast = last;
    last = current;
  }
  const distance = last[b.length] ?? Infinity;
  return distance <= limit ? distance : Infinity;
}
