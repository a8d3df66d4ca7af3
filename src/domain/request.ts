import type { Instant } from './instant.ts';

/** Who asks. A user is known by the socket the request came through, never by what it says. */
export type Requester = { kind: 'admin' } | { kind: 'user'; uid: number };

/**
 * What an administrator or the person at the Mac may ask of the agent. It is a wish and no order: what becomes of it is
 * decided like everything else, and told in `status` and `explain`.
 */
export type Request =
  /** Look for updates now. */
  | { kind: 'check' }
  /** Install as soon as fairness allows: a user's word is consent, an administrator's begins a warning. */
  | { kind: 'install' }
  /** Put it off for so long, within what the settings and deadlines leave. */
  | { kind: 'defer'; minutes: number }
  /** Restart at this time. */
  | { kind: 'schedule'; at: Instant }
  /** Do nothing but look until then. */
  | { kind: 'pause'; until: Instant }
  | { kind: 'resume' }
  /** Forget failed attempts and waiting times; promises and deadlines stay. */
  | { kind: 'reset' };

export type RequestKind = Request['kind'];

/** A request that lies on the disk and waits to be heard. `id` is the asker's own: the same id twice is one request. */
export type InboxEntry = { key: number; id: string; at: Instant; by: Requester; request: Request };

const USER_KINDS: ReadonlySet<RequestKind> = new Set(['check', 'install', 'defer', 'schedule']);

/** Whether somebody may ask this at all; what comes of it is another matter. */
export function mayAsk(by: Requester, request: Request): boolean {
  return by.kind === 'admin' || USER_KINDS.has(request.kind);
}

/** The longest pause: a Mac must not be forgotten in one. */
export const LONGEST_PAUSE_DAYS = 30;

/** A request out of untrusted data; null unless it is exactly one, with nothing missing and nothing more. */
export function readRequest(raw: unknown): Request | null {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return null;
  const { kind, ...rest } = raw as Record<string, unknown>;
  const names = Object.keys(rest);
  const only = (name: string): number | null => {
    const value = rest[name];
    return names.length === 1 && typeof value === 'number' && Number.isSafeInteger(value) ? value : null;
  };
  switch (kind) {
    case 'check':
    case 'install':
    case 'resume':
    case 'reset':
      return names.length === 0 ? { kind } : null;
    case 'defer': {
      const minutes = only('minutes');
      return minutes !== null && minutes > 0 && minutes <= 60 * 24 * 366 ? { kind, minutes } : null;
    }
    case 'schedule': {
      const at = only('at');
      return at !== null && at > 0 && at <= LATEST ? { kind, at } : null;
    }
    case 'pause': {
      const until = only('until');
      return until !== null && until > 0 && until <= LATEST ? { kind, until } : null;
    }
    default:
      return null;
  }
}

/** The last instant that Temporal can name. */
const LATEST = 8_640_000_000_000_000;
