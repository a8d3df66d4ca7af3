import type { Account } from '../../domain/accounts.ts';
import type { CheckupFacts, JamfLine } from './checkup-facts.ts';
import { attention, type Finding, listed, notKnown, ok, sentence } from './finding.ts';
import { adminIn } from './holders.ts';

/**
 * Whether enrolling failed because the management account and a local administrator share one name. An account of that
 * name is no proof, for the management server makes one: only its log tells that something went wrong. What Jamf writes
 * there is not documented, so lines are known by what they speak of and never by a whole sentence.
 */
export function examineEnrolment(facts: CheckupFacts): Finding[] {
  const { jamfLog, accounts, administrators, managementAccount } = facts;
  const what = 'It is not known whether enrolling this Mac met with trouble.';
  if (!jamfLog.known)
    return [notKnown('enrolment.unknown', what, jamfLog.why, 'See that /var/log/jamf.log is a file.')];
  if (jamfLog.value === null) {
    const means = 'It is not managed by Jamf, or was never enrolled.';
    return [ok('enrolment.no-jamf', 'There is no log of Jamf on this Mac.', means)];
  }
  const lines = troubleIn(jamfLog.value);
  const unnamed = managementAccount?.known === false ? ` ${sentence(managementAccount.why)}` : '';
  if (lines.length === 0) {
    const means = `Only its last part was read.${unnamed}`;
    return [ok('enrolment.clear', 'The log of Jamf tells of no trouble with enrolling.', means)];
  }
  const admins =
    accounts.known && administrators.known ? accounts.value.filter((each) => adminIn(each, facts) === true) : null;
  const given = managementAccount?.known ? managementAccount.value : null;
  const same = (admins ?? []).filter(
    (admin) => lines.some(({ text }) => speaksOf(text, admin)) || (given !== null && isNamed(admin, given)),
  );
  if (same.length > 0) {
    const telling = lines.filter(({ text }) => same.some((admin) => speaksOf(text, admin)));
    return [
      {
        ...attention(
          'enrolment.same-name',
          `The management account and a local administrator seem to share a name: ${listed(same.map(({ name }) => name))}.`,
          'Enrolling can fail for it, or leave an account whose password the management server does not know; then the server may not be able to authorise updates either.',
          'Give the two different names, in Jamf Pro under User-Initiated Enrollment and in the Account Settings of the PreStage; then enrol the Mac again. If an enrolment went well after these lines, they are history.',
        ),
        quotes: quoted(telling.length > 0 ? telling : lines),
      },
    ];
  }
  return [
    {
      ...attention(
        'enrolment.failed',
        'The log of Jamf tells of trouble with enrolling or with the management account.',
        admins === null
          ? 'Whether a local administrator has the same name is not known, for the accounts could not be read.'
          : `It names no local administrator, so nothing says that two accounts share a name.${unnamed}`,
        'Read the lines with their times. If no enrolment went well since, enrol the Mac again.',
      ),
      quotes: quoted(lines),
    },
  ];
}

const ABOUT_ENROLLING = /\benrol|management account|managed (?:local )?admin|prestage/i;
const FAILURE =
  /\berror\b|\bfail(?:s|ed|ure)?\b|\b(?:could|can|did|does) ?not\b|\bcan't\b|\bcouldn't\b|\bunable\b|\bdenied\b|\brefused\b/i;
const TAKEN =
  /\b(?:accounts?|user ?names?|users?|admin(?:istrator)?s?)\b.*\balready (?:exists?|in use|(?:been )?taken)\b|\bsame (?:user ?)?name\b/i;

/** Lines that tell of it, and those that tell of a name that was taken and come from a process that was enrolling. */
function troubleIn(log: readonly JamfLine[]): JamfLine[] {
  const enrolling = new Set(log.filter(({ text }) => ABOUT_ENROLLING.test(text)).map(({ pid }) => pid));
  return log.filter(
    ({ pid, text }) =>
      (ABOUT_ENROLLING.test(text) && (FAILURE.test(text) || TAKEN.test(text))) ||
      (enrolling.has(pid) && TAKEN.test(text)),
  );
}

const namesOf = ({ name, otherNames }: Account): string[] => [name, ...otherNames];

const isNamed = (account: Account, name: string): boolean =>
  namesOf(account).some((each) => each.toLowerCase() === name.toLowerCase());

/** Whether a text has a name of the account as a word of its own. */
function speaksOf(text: string, account: Account): boolean {
  const words = text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}._-]*/gu) ?? [];
  return namesOf(account).some((each) => {
    const name = each.toLowerCase();
    if (COMMON.has(name)) return ['"', "'", '“', '‘'].some((sign) => text.toLowerCase().includes(`${sign}${name}`));
    return words.some((word) => word === name || word.replace(/[.-]+$/, '') === name);
  });
}

/** Names of accounts that such lines hold anyway: these count in quotation marks alone. */
const COMMON = new Set([
  'admin',
  'administrator',
  'user',
  'account',
  'management',
  'jamf',
  'root',
  'local',
  'mac',
  'error',
]);

const MOST_QUOTES = 5;

/** The last lines, which are the ones that matter now. */
function quoted(lines: readonly JamfLine[]): string[] {
  return lines.slice(-MOST_QUOTES).map(({ when, text }) => `${when}  ${text}`);
}
