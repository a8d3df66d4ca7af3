import type { AuthMethod, OtherOwner, ToldWhy } from './authority.ts';
import type { DeferralChoice, TimeChoice } from './deferral.ts';
import type { Instant } from './instant.ts';
import type { RestartBy, Warning } from './ledger.ts';
import type { Reason } from './reason.ts';

/** The resting states of the chart; each waits for its own kind of thing. */
export type RestState = 'upToDate' | 'deferred' | 'scheduled' | 'waiting' | 'backingOff' | 'halted' | 'paused';

/** What is needed to ask somebody: computed from one moment, shown as it is. */
export type Ask = {
  deferrals: DeferralChoice[];
  /** Where the last deferral ends at the latest. */
  limit: Instant | null;
  times: TimeChoice[];
  /** When the dialog closes by itself, because something else is due then. */
  closesAt: Instant;
  softAt: Instant | null;
  hardAt: Instant | null;
};

/** The one thing to do next, with all reasons. `decide` makes it, the chart only follows it. */
export type Decision =
  | { kind: 'rest'; state: RestState; wakeAt: Instant; because: Reason[] }
  | { kind: 'download'; because: Reason[] }
  | ({ kind: 'ask'; prompt: 'choice' | 'soft'; because: Reason[] } & Ask)
  | { kind: 'warn'; restartAt: Instant; why: Warning['why']; postponing: boolean; because: Reason[] }
  /**
   * `via` a saved way; without it the person is asked, for the password of one of the `others` where their own is of no use.
   * `forFileVault`: root may install, and the password is only to unlock the start that follows.
   */
  | {
      kind: 'authorize';
      via?: AuthMethod;
      others?: OtherOwner[];
      forFileVault?: true;
      /** With what the person types, a new bootstrap token is sent to the server first. */
      repairsToken?: true;
      closesAt: Instant;
      by: RestartBy;
      because: Reason[];
    }
  | { kind: 'tell'; why: ToldWhy; closesAt: Instant; because: Reason[] }
  | { kind: 'install'; by: RestartBy; because: Reason[] }
  /** Have macOS itself enforce the hard deadline, by the management server. */
  | { kind: 'hand-over'; by: Instant; because: Reason[] }
  /** Change the password of upkeep’s own account, which was saved then. */
  | { kind: 'rotate'; savedAt: Instant; because: Reason[] }
  /** Have a saved administrator send the management server a new bootstrap token. */
  | { kind: 'repair-token'; because: Reason[] };

export type DecisionKind = Decision['kind'];
