import type { CheckupFacts } from './checkup-facts.ts';
import { examineAuthority } from './examine-authority.ts';
import { examineBootstrapToken } from './examine-bootstrap-token.ts';
import { examineEnrolment } from './examine-enrolment.ts';
import { examineFileVault } from './examine-filevault.ts';
import { examineLockout } from './examine-lockout.ts';
import { examineOwners } from './examine-owners.ts';
import { examineKeychain, examineServiceAccount, examineVerifications } from './examine-passwords.ts';
import { examinePerson } from './examine-person.ts';
import { examineServer } from './examine-server.ts';
import { examineTokens } from './examine-tokens.ts';
import { examineTools } from './examine-tools.ts';
import { examineUpkeep } from './examine-upkeep.ts';
import type { Finding, Mark } from './finding.ts';

/**
 * What stands in the way of updates on this Mac, or would if one came. Says what is unknown instead of guessing, and
 * something about each thing it looks at. Pure.
 */
export function examine(facts: CheckupFacts): Finding[] {
  return [
    examineTools,
    examineTokens,
    examineOwners,
    examinePerson,
    examineAuthority,
    examineKeychain,
    examineServiceAccount,
    examineVerifications,
    examineLockout,
    examineFileVault,
    examineEnrolment,
    examineBootstrapToken,
    examineServer,
    examineUpkeep,
  ]
    .flatMap((look) => look(facts))
    .map((finding) => (facts.appleSilicon.known ? finding : notOnIntel(finding)));
}

/** Tokens and owners decide nothing about updates on an Intel Mac: what is amiss there breaks nothing for certain. */
function notOnIntel(finding: Finding): Finding {
  const isWrong = finding.mark === 'broken' || finding.mark === 'attention';
  if (!isWrong || !/^(?:tokens|owners|person)\.|\.(?:no-token|not-owner)$/.test(finding.code)) return finding;
  const means = `${finding.means} It would not matter on an Intel Mac, and which chip this one has is not known.`;
  return { ...finding, mark: 'attention', means };
}

export function counted(findings: readonly Finding[]): Record<Mark, number> {
  const counts: Record<Mark, number> = { ok: 0, attention: 0, broken: 0, unknown: 0 };
  for (const { mark } of findings) counts[mark] += 1;
  return counts;
}
