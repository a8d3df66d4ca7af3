// What the mortal agent is told about its deaths, and how its commits are named.
import { stateName } from '../../src/machines/explain.ts';

/** The list of them under the root; each is struck out when it is obeyed. */
export const ORDERS = 'kill.json';

/** The agent kills itself at a commit of this name. */
export type DeathAtCommit = { commit: string; when: 'before' | 'after' };

/** What happened and where that led; a story may have several commits of one name. */
export function nameOf(type: string, value: unknown): string {
  return `${type} → ${stateName(value)}`;
}
