import type { BootSession, DeclaredInstall } from '../domain/facts.ts';
import type { NextStart } from '../domain/filevault.ts';
import type { Instant, Stamp } from '../domain/instant.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { OsRelease } from '../domain/os-version.ts';
import type { PushMove } from '../domain/push.ts';
import type { Request, Requester } from '../domain/request.ts';
import type { Settings } from '../domain/settings.ts';

/**
 * The agent runs again; carries what is new since last time. `boot` and `os` are null where the Mac did not say,
 * `settings` is null where they are what they were. `declared` is what macOS was told to enforce; missing where nobody could say.
 */
export type AgentWoke = Stamp & {
  type: 'agent.woke';
  boot: BootSession | null;
  os: OsRelease | null;
  zone: string;
  settings: Settings | null;
  declared?: DeclaredInstall | null;
};

/** While the agent ran, macOS was told something else to enforce, or nothing any more. */
export type DeclarationsChanged = Stamp & { type: 'declarations.changed'; declared: DeclaredInstall | null };

/** A dialog reported itself open; whether somebody could see it is taken at that moment. */
export type DialogOpened = Stamp & {
  type: 'dialog.opened';
  promptId: number;
  screenLocked: boolean | null;
  boot: BootSession | null;
};

/** Before an install: what came of unlocking the start that follows. The restart may come before the install ends. */
export type StartSettled = Stamp & { type: 'start.settled'; nextStart: NextStart };

/** An update that a server was asked for got on. */
export type PushMoved = Stamp & { type: 'push.moved'; move: PushMove };

/** A request out of the inbox: asked at one moment, heard at another. */
export type RequestHeard = Stamp & {
  type: 'request.heard';
  id: string;
  askedAt: Instant;
  by: Requester;
  request: Request;
};

/** The database was lost or is a newer one; what people were promised was kept a second time and is taken up again. */
export type StateRecovered = Stamp & {
  type: 'state.recovered';
  how: 'backup' | 'fresh';
  why: string;
  ledger: Ledger | null;
};

/** Every event from outside the chart; outcomes of effects come as `xstate.done.actor.*` and `xstate.error.actor.*`. */
export type AgentEvent =
  | AgentWoke
  | DeclarationsChanged
  | DialogOpened
  | StartSettled
  | PushMoved
  | RequestHeard
  | StateRecovered;
