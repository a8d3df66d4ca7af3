import { type AuthMethod, NOTHING_SAVED } from '../domain/authority.ts';
import type { Decision } from '../domain/decision.ts';
import { valueOr } from '../domain/facts.ts';
import type { StopsWhy } from '../domain/filevault.ts';
import type { Ledger, RestartBy } from '../domain/ledger.ts';
import type { Reason } from '../domain/reason.ts';
import type { Settings } from '../domain/settings.ts';
import { refusalReasons, rulesOf } from './authority.ts';
import { firstThatWorks } from './choose-authority.ts';
import type { Situation } from './situation.ts';

/**
 * What root may install. On Intel the Mac stops at FileVault's screen after the restart; where the settings want it to
 * pass, a saved password is fetched first. Nothing that is wrong with that holds the install up: it is only told.
 */
export function installAsRoot(situation: Situation, by: RestartBy, because: readonly Reason[]): Decision {
  const past = pastFileVault(situation);
  const reasons = [...because, ...past.because];
  if (past.via === null) return { kind: 'install', by, because: reasons };
  return {
    kind: 'authorize',
    via: past.via,
    forFileVault: true,
    closesAt: situation.at,
    by,
    because: reasons,
  };
}

/** By which saved way the next start would be unlocked, or why by none; nothing is said where no screen waits. */
export function pastFileVault({ settings, facts, ledger }: Pick<Situation, 'settings' | 'facts' | 'ledger'>): {
  via: AuthMethod | null;
  because: Reason[];
} {
  if (!wantsItPassed(settings) || valueOr(facts.appleSilicon, true)) return { via: null, because: [] };
  const stops = (why: StopsWhy, before: readonly Reason[] = []) => ({
    via: null,
    because: [...before, { code: 'filevault-stops' as const, why }],
  });
  const { fileVault } = facts;
  if (fileVault === undefined || !fileVault.known) return stops('unknown');
  if (!fileVault.value.on) return { via: null, because: [] };
  if (!fileVault.value.passable) return stops('not-passable');
  if (!fileVault.value.keepsKey) return stops('key-destroyed');
  // An earlier try of the same boot: it still holds, and costs no password a second time.
  if (ledger.nextStart?.sure === true) return { via: null, because: unlockedReasons(ledger) };
  const { method, refused } = firstThatWorks(facts.authority?.methods ?? NOTHING_SAVED, rulesOf(settings));
  const reasons = refusalReasons(refused);
  if (method === null) return stops('nothing-usable', reasons);
  return { via: method, because: [...reasons, { code: 'filevault-passed-by', method }] };
}

/** As long as the next start is unlocked, whoever looks at the Mac is told. */
export function withNextStart(decision: Decision, ledger: Ledger): Decision {
  if (decision.kind !== 'rest' || !ledger.nextStart) return decision;
  return { ...decision, because: [...decision.because, ...unlockedReasons(ledger)] };
}

function unlockedReasons({ nextStart }: Ledger): Reason[] {
  return nextStart ? [{ code: 'next-start-unlocked', at: nextStart.at, sure: nextStart.sure }] : [];
}

/** Settings that an older upkeep read have none of this. */
export function wantsItPassed({ fileVault }: { fileVault?: Settings['fileVault'] }): boolean {
  return fileVault?.unlockNextStart ?? false;
}
