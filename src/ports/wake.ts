import type { Instant } from '../domain/instant.ts';

/** Arms the one wake at which the agent is to run next; arming again replaces it. */
export interface Wake {
  /** Resolves when it is armed; rejects when it could not be, and then only the safety net starts the agent. */
  arm(at: Instant): Promise<void>;
}
