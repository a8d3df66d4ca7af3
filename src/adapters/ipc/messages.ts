import type { ProblemCode } from '../../domain/problem.ts';
import { type Request, readRequest } from '../../domain/request.ts';

/** What the ends of a socket say to each other. Every message carries the version of its form. */
export const MESSAGE_VERSION = 1;

export const REQUEST = 'upkeep.request';
export const ANSWER = 'upkeep.answer';
export const WATCH = 'upkeep.watch';
export const STATUS = 'upkeep.status';

/** The longest message to the agent, in bytes: a request has a hundred. */
export const LARGEST_REQUEST_BYTES = 16 * 1024;
/** The longest message from the agent, in bytes: a status has some thousand. */
export const LARGEST_STATUS_BYTES = 128 * 1024;

export type Refused = { code: ProblemCode; message: string; remedy: string };

/** What becomes of a request: it lies on the disk, `isNew` unless the same id lay there before, or it was refused. */
export type Answer = { id: string } & ({ kept: true; isNew: boolean } | { refused: Refused });

/** What somebody says to the agent; `unknown` when it is nothing that this version understands. */
export type Saying =
  | { kind: 'request'; id: string; request: Request }
  | { kind: 'watch'; id: string }
  | { kind: 'unknown'; id: string; why: string };

/** Reads a message to the agent out of whatever came. `id` is the empty text where there was none to be read. */
export function readSaying(type: string, content: unknown): Saying {
  const id = idOf(content);
  if (type !== REQUEST && type !== WATCH) return { kind: 'unknown', id, why: 'it has no known type' };
  if (!isRecord(content)) return { kind: 'unknown', id, why: 'it is no object' };
  if (content.v !== MESSAGE_VERSION) {
    return { kind: 'unknown', id, why: `this agent understands version ${MESSAGE_VERSION} and no other` };
  }
  if (id === '') return { kind: 'unknown', id, why: 'it has no fitting id' };
  const names = type === WATCH ? ['id', 'v'] : ['id', 'request', 'v'];
  if (Object.keys(content).sort().join() !== names.join()) {
    return { kind: 'unknown', id, why: 'it has other fields than it should' };
  }
  if (type === WATCH) return { kind: 'watch', id };
  const request = readRequest(content.request);
  return request === null
    ? { kind: 'unknown', id, why: 'it asks for nothing that can be asked' }
    : { kind: 'request', id, request };
}

/** Reads an answer of the agent; null when it is none. */
export function readAnswer(content: unknown): Answer | null {
  if (!isRecord(content) || content.v !== MESSAGE_VERSION) return null;
  const id = idOf(content);
  if (content.kept === true && typeof content.isNew === 'boolean') return { id, kept: true, isNew: content.isNew };
  const { refused } = content;
  if (!isRecord(refused)) return null;
  const { code, message, remedy } = refused;
  if (typeof code !== 'string' || typeof message !== 'string' || typeof remedy !== 'string') return null;
  // A newer agent may know codes that this end does not.
  return { id, refused: { code: KNOWN_REFUSALS.get(code) ?? 'request.refused', message, remedy } };
}

/** Reads a status; undefined when it is none. */
export function readStatus(content: unknown): unknown {
  return isRecord(content) && content.v === MESSAGE_VERSION ? content.status : undefined;
}

/** Whether a text can be the id of a request: short, and nothing that could steer a terminal or a log. */
export function isRequestId(text: unknown): text is string {
  return typeof text === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(text);
}

const KNOWN_REFUSALS = new Map<string, ProblemCode>(
  (['request.refused', 'agent.unreachable', 'agent.stopped', 'store.unusable', 'store.too-new', 'bug'] as const).map(
    (code) => [code, code],
  ),
);

const idOf = (content: unknown): string => (isRecord(content) && isRequestId(content.id) ? content.id : '');

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
