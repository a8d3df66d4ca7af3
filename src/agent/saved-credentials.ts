import { AgentCredentials } from '../adapters/credentials/agent-credentials.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import type { Places } from '../adapters/places.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import { lockCredentials } from '../store/lock.ts';

/** The credentials that are saved on this Mac. */
export function savedCredentials({ state }: Places, commands: Commands, clock: Clock): AgentCredentials {
  return new AgentCredentials({ ...servicePartsIn(state, { commands, clock }), lock: () => lockCredentials(state) });
}
