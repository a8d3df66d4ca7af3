import { hostOf } from '../adapters/bootstrap-token/mdm-server.ts';
import { enrolmentStatus } from '../adapters/commands/mdm-commands.ts';
import { runCommand } from '../adapters/commands/run-command.ts';
import { servicePartsIn } from '../adapters/credentials/service-parts.ts';
import { troubleOf } from '../adapters/mdm/check-server.ts';
import { openServer } from '../adapters/mdm/open-server.ts';
import { METHOD, savedCredential } from '../adapters/mdm/saved-push-server.ts';
import type { Places } from '../adapters/places.ts';
import type { MethodTrouble } from '../domain/authority.ts';
import { type Fact, known, unknown } from '../domain/facts.ts';
import { holderIn } from '../domain/mdm-credential.ts';
import type { Settings } from '../domain/settings.ts';
import type { CheckupFacts, ServerAnswer, ServerFacts } from '../policy/examine/checkup-facts.ts';
import { ONLY_ROOT } from '../policy/examine/finding.ts';
import type { Clock } from '../ports/clock.ts';
import type { Commands } from '../ports/commands.ts';
import type { Http } from '../ports/http.ts';
import { factOf } from './effects/fact-of.ts';
import { savedPushServer } from './saved-credentials.ts';

type Ground = { commands: Commands; clock: Clock; places: Places; isRoot: boolean; http: Http | null };

/**
 * Asks the management server of the settings with what is saved for it. Changes nothing, here and there; the token it takes is
 * given back. Nothing is gathered where no server is named and nothing saved.
 */
export async function gatherServer(
  { commands, clock, places, isRoot, http }: Ground,
  settings: Fact<Settings>,
): Promise<Pick<CheckupFacts, 'server'>> {
  // What is wrong with the settings is said elsewhere.
  if (!settings.known) return {};
  const { mdm } = settings.value;
  if (!isRoot) return mdm.service === 'none' ? {} : { server: unknown(ONLY_ROOT) };
  const { store } = servicePartsIn(places.state, { commands, clock });
  const saved = await factOf(async () => store.saved(METHOD));
  if (!saved.known) return mdm.service === 'none' ? {} : { server: saved };
  const holder = saved.value === null ? null : holderIn(saved.value.account);
  if (holder === null && mdm.service === 'none') return {};
  const facts: Omit<ServerFacts, 'answer'> = { service: mdm.service, holder, isServerItself: null };
  if (holder === null || mdm.service === 'none')
    return { server: known({ ...facts, answer: unknown('it was not asked') }) };
  const ask = async (): Promise<Fact<ServerAnswer>> => {
    const settings = () => mdm;
    if ((await savedPushServer(places, { commands, clock, http, settings }).trouble()) === 'wrong-password')
      return unknown('the server refused that password before, and it is not sent again before it is saved anew');
    const credential = await savedCredential(store);
    if ('trouble' in credential) return unknown(credential.why);
    const opened = await openServer({ commands, clock, http }, mdm, credential);
    if ('why' in opened) return unknown(opened.why);
    const { service, address } = opened;
    try {
      const seen = await service.look();
      const privileges = (await service.privileges?.()) ?? NONE_KNOWN;
      return known({ address, seen, privileges });
    } finally {
      await service.close();
    }
  };
  const isServerItself = await isEnrolledAt(mdm.url, commands);
  return { server: known({ ...facts, isServerItself, answer: await ask() }) };
}

/** What the server was found to refuse, as the trouble of a way to be authorised; null where nothing is known against it. */
export function troubleFound(server: CheckupFacts['server']): MethodTrouble | null {
  if (server?.known !== true || !server.value.answer.known) return null;
  const { seen, privileges } = server.value.answer.value;
  const refused = [seen, privileges].find((one) => 'failed' in one);
  if (refused !== undefined && 'failed' in refused) return troubleOf(refused.failed.trouble);
  return 'missing' in privileges && privileges.missing.length > 0 ? 'no-privilege' : null;
}

const NONE_KNOWN = { missing: [], unproven: [], beyond: null };

/** Whether an address is that of the very server that this Mac takes orders from; null where it is not known. */
async function isEnrolledAt(url: string | null, commands: Commands): Promise<boolean | null> {
  const enrolment = await factOf(() => runCommand(commands, enrolmentStatus, undefined));
  if (url === null || !enrolment.known || enrolment.value.server === null) return null;
  return hostOf(enrolment.value.server) === hostOf(url);
}
