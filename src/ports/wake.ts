import type { Instant } from '../domain/instant.ts';

/** Arms the one wake at which the agent is to run next; arming again replaces it. */
export interface Wake {
  arm(at: Instant): void;
}
