import type { Credentials } from '../../ports/credentials.ts';
import type { EffectBody } from '../effect-runner.ts';
import type { SecretKeeper } from '../secrets.ts';

/** Has a new bootstrap token sent to the management server. A typed password is left for the install that it was typed for. */
export function repairToken(credentials: Credentials, secrets: SecretKeeper): EffectBody<'repairToken'> {
  return {
    run: async ({ typed }) => {
      if (typed === null) return credentials.escrowToken(null);
      const password = secrets.lend(typed.handle);
      if (password === null) return { result: 'forgotten' };
      return credentials.escrowToken({ account: typed.user, password });
    },
  };
}
