import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../domain/instant.ts';

/**
 * Over how long the Macs of a fleet spread handing their deadline over to a server. Ten thousand of them then send it
 * a few requests a second.
 */
export const PUSH_SPREAD_MS = DAY_MS;

/** How far apart one Mac's requests are at least: several at once would come in bursts, whatever the spread. */
export const REQUEST_GAP_MS = SECOND_MS;

const LEAST_POLL_MS = MINUTE_MS;
const MOST_POLL_MS = 6 * HOUR_MS;

/** Over how long the Macs of a fleet spread what they ask a server at a deadline that all of them have. */
export const DEADLINE_SPREAD_MS = 10 * MINUTE_MS;
/** Over how long, when macOS keeps to such a deadline by itself: most have restarted before it is their turn. */
export const WATCH_SPREAD_MS = HOUR_MS;

/**
 * How long a Mac waits, from when its deadline may be handed over, before it asks a server for that. The same whenever it is
 * worked out, so that nothing has to be kept; another one for each release, so that nobody is always last. A person who
 * wants the update now does not wait.
 */
export function pushOffsetMs(udid: string, version: string): number {
  return turnMs(udid, version, PUSH_SPREAD_MS);
}

/** The turn of one Mac, spread evenly over so long. */
export function turnMs(udid: string, version: string, spreadMs: number): number {
  return Math.floor((hashOf(`${udid.toUpperCase()} ${version}`) / 2 ** 32) * spreadMs);
}

/**
 * How long to wait before a plan is asked about again that was made so long ago: a minute at first, when it is refused or
 * fails, and longer the longer it takes: a plan with a deadline has days. What happens on the Mac, the Mac knows sooner.
 */
export function nextPollMs(sinceMadeMs: number): number {
  return Math.min(MOST_POLL_MS, Math.max(LEAST_POLL_MS, Math.floor(sinceMadeMs / 2)));
}

/** 32 bits of a text: FNV-1a, and the end of MurmurHash so that each bit counts for all. No secret is made of it. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
