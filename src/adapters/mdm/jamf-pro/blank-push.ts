import { z } from 'zod';
import { compareVersions } from '../../../domain/os-version.ts';
import { type Fault, isFault, isMissing } from '../fault.ts';
import { orNull } from '../json.ts';
import type { Call, Calls } from './calls.ts';
import type { Computer } from './computer.ts';
import type { Failure } from './plans.ts';

/** The version that no longer has the Classic call. */
export const CLASSIC_UNTIL = '11.28';

/** Has the Mac look for what waits for it: by the Classic call while there is one, else by the newer. */
export async function blankPush(
  calls: Calls,
  computer: Computer,
  serverVersion: string | null,
  signal?: AbortSignal,
): Promise<null | Failure> {
  let refused: Failure | null = null;
  if (serverVersion === null || compareVersions(serverVersion, CLASSIC_UNTIL) < 0) {
    const classic = classicCall(computer.id);
    const sent = await calls.ask(classic, signal);
    // What a newer server answers to it is not known: anything but this is a sign to use the other call.
    if (!isFault(sent) && sent.value.status === 201) return null;
    if (isFault(sent)) refused = calls.failure(sent.fault, classic);
    if (isFault(sent) && refused !== null && isHopeless(sent.fault)) return refused;
  }
  const { managementId } = computer;
  if (managementId === null)
    return { failed: { trouble: 'not-managed', detail: 'it has no management id for this Mac' } };
  const call = newCall(managementId);
  const asked = await calls.read(call, answerSchema, signal);
  // A server too old for this call: what it said to the other is what counts.
  if (isFault(asked)) return isMissing(asked) && refused !== null ? refused : calls.failure(asked.fault, call);
  const wasLeftOut = asked.value.errorUuids.some((uuid) => uuid.toLowerCase() === managementId.toLowerCase());
  return wasLeftOut ? { failed: { trouble: 'command-failed', detail: 'it could not push to this Mac' } } : null;
}

/** The other call would go the same way. */
const isHopeless = (fault: Fault): boolean => fault.kind === 'connection' || fault.kind === 'credential';

function classicCall(id: string): Call {
  return {
    name: 'blank-push-classic',
    method: 'POST',
    path: `/JSSResource/computercommands/command/BlankPush/id/${id}`,
    accept: 'application/xml',
    repeatable: true,
    writes: true,
  };
}

function newCall(managementId: string): Call {
  return {
    name: 'blank-push',
    method: 'POST',
    path: '/api/v2/mdm/blank-push',
    json: { clientManagementIds: [managementId] },
    repeatable: true,
    writes: true,
  };
}

const answerSchema = z.object({
  errorUuids: orNull(z.array(z.string())).transform((uuids) => uuids ?? []),
});
