import type { Command } from '../../adapters/commands/command.ts';
import * as fact from '../../adapters/commands/fact-commands.ts';
import { runCommand } from '../../adapters/commands/run-command.ts';
import { listUpdates } from '../../adapters/commands/softwareupdate-commands.ts';
import { nextDeclared } from '../../adapters/macos/declared-updates.ts';
import type { ScreenLock } from '../../adapters/macos/ioreg.ts';
import type { ConsoleReading } from '../../adapters/macos/scutil.ts';
import { FAILURE_WORDS } from '../../adapters/softwareupdate/failure-words.ts';
import {
  type BootSession,
  type DeclaredInstall,
  type Fact,
  type Facts,
  known,
  unknown,
  valueOr,
} from '../../domain/facts.ts';
import type { Offer } from '../../domain/offer.ts';
import { majorOf, type OsRelease } from '../../domain/os-version.ts';
import type { PushPlan, PushState } from '../../domain/push.ts';
import { DECLARATIONS_SINCE } from '../../policy/hand-over.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Commands } from '../../ports/commands.ts';
import type { Credentials } from '../../ports/credentials.ts';
import { noPushServer, type PushServer, type PushService } from '../../ports/push-service.ts';
import type { EffectBody } from '../effect-runner.ts';
import { factOf } from './fact-of.ts';
import { gatherAuthority } from './gather-authority.ts';
import { gatherFileVault } from './gather-filevault.ts';
import { NO_WAY_IN, withServer } from './with-server.ts';

/** Looks at the Mac. A question that fails yields an unknown fact with the reason, never a default and never an error. */
export function gatherFacts(
  commands: Commands,
  clock: Clock,
  credentials: Credentials,
  server: PushServer = noPushServer,
): EffectBody<'gatherFacts'> {
  return {
    run: async (
      { scan, authority = false, fileVault = false, push, declared = false, personIsAdmin = false },
      { signal },
    ): Promise<Facts> => {
      const ask = <T>(command: Command<undefined, T, 'probe'>) =>
        factOf(() => runCommand(commands, command, undefined, { signal }));
      // The scan takes minutes; what may change meanwhile is asked after it.
      const offers = scan ? await scanFor(commands, signal) : null;
      const [os, boot, appleSilicon, consoleUser, screenLocked, power, holders, volume, staged] = await Promise.all([
        ask(fact.runningRelease),
        readBootSession(commands, signal),
        ask(fact.arm64),
        ask(fact.consoleUser),
        ask(fact.screenLock),
        ask(fact.battery),
        ask(fact.assertions),
        ask(fact.rootVolume),
        ask(fact.stagedUpdate),
      ]);
      const who = consoleUser.known ? whoIsThere(consoleUser.value) : consoleUser;
      const silicon = mapped(appleSilicon, (answer) => answer.appleSilicon);
      const user = valueOr(who, null);
      const waysIn = async (): Promise<Pick<Facts, 'authority' | 'fileVault'>> => {
        if (!authority || !silicon.known) return {};
        if (silicon.value)
          return {
            authority: await gatherAuthority({ commands, clock, credentials, server }, user, signal, personIsAdmin),
          };
        return fileVault ? gatherFileVault(commands, credentials, user, signal) : {};
      };
      const release = os.known ? os.value.release : null;
      const enforced = declared ? await readDeclared(commands, release, clock.zone(), signal) : null;
      const servicePassword = credentials.servicePassword();
      return {
        ...(enforced === null ? {} : { declared: enforced }),
        ...(push === undefined ? {} : { push: await becomeOf(server, push, signal) }),
        ...(await waysIn()),
        ...(servicePassword === null ? {} : { servicePassword }),
        at: clock.now(),
        monotonicMs: clock.monotonicMs(),
        zone: clock.zone(),
        os: mapped(os, (answer) => answer.release),
        boot,
        appleSilicon: silicon,
        consoleUser: who,
        screenLocked: screenLocked.known ? lockOf(screenLocked.value) : screenLocked,
        power: mapped(power, ({ source, percent }) => ({ source, percent })),
        displayHolders: mapped(holders, (answer) => answer.displaySleepHolders.map((holder) => holder.process)),
        availableKiB: mapped(volume, (answer) => answer.availableKiB),
        staged: mapped(staged, (answer) => answer.release),
        offers,
      };
    },
  };
}

/** What macOS was told to enforce; null where it cannot be told. */
export async function readDeclared(
  commands: Commands,
  os: OsRelease | null,
  zone: string,
  signal?: AbortSignal,
): Promise<Fact<DeclaredInstall | null> | null> {
  if (os === null) return unknown('which macOS runs is not known');
  if ((majorOf(os.version) ?? 0) < DECLARATIONS_SINCE) return null;
  const options = signal === undefined ? {} : { signal };
  const answer = await factOf(() => runCommand(commands, fact.declaredUpdates, undefined, options));
  return mapped(answer, (all) => nextDeclared(all.declared, os, zone));
}

/** What became of an order, as far as the server knows. */
function becomeOf(server: PushServer, plan: PushPlan, signal: AbortSignal): Promise<Fact<PushState>> {
  const follow = async (service: PushService): Promise<Fact<PushState>> => {
    const state = await service.follow(plan, signal);
    return 'failed' in state ? unknown(state.failed.detail) : known(state);
  };
  return withServer(server, signal, follow, () => unknown(NO_WAY_IN));
}

/** Somebody in Setup Assistant is a person at the Mac, but no session to show a dialog in: left alone. */
export function whoIsThere(reading: ConsoleReading): Facts['consoleUser'] {
  if (reading.name !== null) return known({ name: reading.name, uid: reading.uid });
  return reading.instead === 'setup assistant' ? unknown('Setup Assistant is running') : known(null);
}

function lockOf(reading: ScreenLock): Facts['screenLocked'] {
  return reading.locked === null ? unknown('no session is on the screen') : known(reading.locked);
}

async function scanFor(commands: Commands, signal: AbortSignal): Promise<Fact<Offer[]>> {
  const list = await factOf(() => runCommand(commands, listUpdates, undefined, { signal }));
  if (!list.known) return list;
  return list.value.state === 'error' ? unknown(FAILURE_WORDS[list.value.error]) : known([...list.value.updates]);
}

/** The identity of the boot where the Mac tells one, and when it began. */
export async function readBootSession(commands: Commands, signal?: AbortSignal): Promise<Fact<BootSession>> {
  const options = signal === undefined ? {} : { signal };
  const [session, time] = await Promise.all([
    factOf(() => runCommand(commands, fact.bootSession, undefined, options)),
    factOf(() => runCommand(commands, fact.bootTime, undefined, options)),
  ]);
  if (!session.known && !time.known) return unknown(session.why);
  return known({
    id: session.known ? session.value.id : null,
    startedAt: time.known ? time.value.startedAt : null,
  });
}

export async function readRelease(commands: Commands): Promise<OsRelease | null> {
  const release = await factOf(() => runCommand(commands, fact.runningRelease, undefined, {}));
  return release.known ? release.value.release : null;
}

export function mapped<T, U>(fact: Fact<T>, convert: (value: T) => U): Fact<U> {
  return fact.known ? known(convert(fact.value)) : fact;
}
