import { z } from 'zod';
import type { PushOrder } from '../../../domain/push.ts';
import { isFault, mayHaveActed } from '../fault.ts';
import { orNull } from '../json.ts';
import type { Call, Calls } from './calls.ts';
import type { Failure, Plans } from './plans.ts';
import { causeSchema, causeWords, failureOfCall } from './refusal.ts';

/**
 * The older call, for servers without plans. It is sent once and never again: nothing on the server tells what became of
 * it, so that after a lost answer only the Mac can.
 */
export async function sendUpdates(
  calls: Calls,
  plans: Plans,
  computer: string,
  order: PushOrder,
  signal?: AbortSignal,
): Promise<null | Failure> {
  if (order.action.kind === 'enforce')
    return { failed: { trouble: 'not-supported', detail: 'the older call knows no deadline' } };
  const call = sendCall(computer, order);
  const asked = await calls.read(call, answerSchema, signal);
  if (isFault(asked)) {
    const { fault } = asked;
    if (!mayHaveActed(fault)) return plans.failure(fault, call, signal);
    const { detail } = failureOfCall(fault, call.name, calls.credential.kind);
    return { failed: { trouble: 'lost', detail: `it is not known whether it sent the command: ${detail}` } };
  }
  const { errors, processManagerUuids } = asked.value;
  // A 200 can hold errors: then nothing was queued for this Mac, the only one that was named.
  if (errors.length > 0)
    return { failed: { trouble: 'command-failed', detail: `it sent no command${codesIn(errors)}` } };
  if (processManagerUuids.length === 0)
    return { failed: { trouble: 'command-failed', detail: 'it says that it worked, but sent no command' } };
  return null;
}

function sendCall(computer: string, { to, major, action }: PushOrder): Call {
  const isInstall = action.kind === 'install-and-restart';
  return {
    name: 'send-updates',
    method: 'POST',
    path: '/api/v1/macos-managed-software-updates/send-updates',
    json: {
      deviceIds: [computer],
      version: to.version,
      skipVersionVerification: true,
      applyMajorUpdate: major,
      updateAction: isInstall ? 'DOWNLOAD_AND_INSTALL' : 'DOWNLOAD_ONLY',
      // A forced restart is for minor updates only, as in a plan.
      ...(isInstall && !major ? { forceRestart: true } : {}),
      priority: 'HIGH',
    },
    repeatable: false,
    writes: true,
  };
}

const answerSchema = z.object({
  processManagerUuids: orNull(z.array(z.unknown())).transform((uuids) => uuids ?? []),
  errors: orNull(z.array(causeSchema)).transform((errors) => errors ?? []),
});

function codesIn(errors: readonly z.infer<typeof causeSchema>[]): string {
  const codes = errors.flatMap(causeWords);
  return codes.length === 0 ? '' : ` (${[...new Set(codes)].slice(0, 5).join(', ')})`;
}
