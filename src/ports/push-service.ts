import type { MethodTrouble } from '../domain/authority.ts';
import type { PushAbilities, PushFailure, PushMeans, PushOrder, PushPlan, PushState } from '../domain/push.ts';

/** It could not be asked, or would not: nothing is known of what was asked for. */
export type Failed = { failed: PushFailure };

/**
 * A management server that can bring an update to this one Mac. Nothing here rejects but for a bug: what goes wrong is a
 * value. No call restarts anything by itself but `push`, and that only where the order says so.
 */
export interface PushService {
  /** Asks whether it can be reached, lets us in, knows this Mac and may push to it. Changes nothing. */
  look(signal?: AbortSignal): Promise<PushAbilities | Failed>;
  /** A plan that is under way for this Mac, whoever made it. */
  current(signal?: AbortSignal): Promise<{ plan: PushPlan; order: PushOrder | null } | null | Failed>;
  /**
   * Makes a plan. After an answer that was lost it looks for the plan first and never makes a second one. What it returns is
   * not success: a plan that was taken can fail a minute later.
   */
  push(order: PushOrder, means: PushMeans, signal?: AbortSignal): Promise<{ plan: PushPlan } | Failed>;
  /**
   * Where it stands; `Failed` says nothing about the plan. A declaration that failed is in force no more: macOS would try it again. Asked sooner than a minute after the last time, it waits that
   * long first.
   */
  follow(plan: PushPlan, signal?: AbortSignal): Promise<PushState | Failed>;
  /** Has the Mac look for what waits for it. Sending nothing that was not there already, it may be repeated. */
  nudge(signal?: AbortSignal): Promise<null | Failed>;
  /** Ends what was opened: tokens. */
  close(): Promise<void>;
}

/** The management server that the settings name, with the credential that is saved for it. */
export interface PushServer {
  /** What is known to be wrong with it without asking it anything: `not-set` where none is named or nothing is saved for it. */
  trouble(signal?: AbortSignal): Promise<MethodTrouble | null>;
  /** Makes ready to ask it; whoever opened it closes it. */
  open(signal?: AbortSignal): Promise<PushService | { refused: MethodTrouble }>;
}

export const noPushServer: PushServer = {
  trouble: async () => 'not-set',
  open: async () => ({ refused: 'not-set' }),
};
