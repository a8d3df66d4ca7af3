import type { CheckupFacts } from './checkup-facts.ts';
import { INTEL } from './examine-tokens.ts';
import { attention, broken, type Finding, listed, notKnown, ok } from './finding.ts';
import { accountsBehind } from './holders.ts';

/** Whether the startup volume has an owner who is somebody, and whether a management server could act as one. */
export function examineOwners(facts: CheckupFacts): Finding[] {
  return [...ownersFound(facts), ...bootstrapToken(facts)];
}

/** Keys own the volume too, and are nobody. */
function ownersFound({ appleSilicon, accounts, cryptoUsers }: CheckupFacts): Finding[] {
  if (appleSilicon.known && !appleSilicon.value) {
    return [ok('owners.not-needed', 'Owners of the volume do not matter for updates on this Mac.', INTEL)];
  }
  const what = 'It is not known who owns the startup volume.';
  if (!cryptoUsers.known) return [notKnown('owners.unknown', what, cryptoUsers.why)];
  const users = cryptoUsers.value;
  if (users.some(({ kind, owner }) => kind === 'local' && owner === null)) {
    return [notKnown('owners.unknown', what, 'this macOS does not say who is an owner, as before macOS 11')];
  }
  const owners = users.filter(({ owner }) => owner === true);
  const local = owners.filter(({ kind }) => kind === 'local');
  if (local.length > 0) {
    if (!accounts.known) return [notKnown('owners.unknown', what, accounts.why)];
    const people = accountsBehind(local, accounts.value);
    const usable = people.filter(({ disabled }) => !disabled);
    const names = listed((usable.length > 0 ? usable : people).map(({ name }) => name));
    if (usable.length > 0) {
      return [
        ok('owners.there', `Owners of the startup volume: ${names}.`, 'Their passwords can authorise an update.'),
      ];
    }
    if (people.length > 0) {
      return [
        broken(
          'owners.only-disabled',
          `Only accounts that are switched off own the startup volume: ${names}.`,
          'Nobody can log in with them or authorise an update.',
          `Switch one of them on again: \`pwpolicy -u ${people[0]?.name ?? ''} -enableuser\`.`,
        ),
      ];
    }
    return [
      broken(
        'owners.only-deleted',
        'Only accounts that are gone own the startup volume.',
        'Their records were deleted and their keys stayed behind; nobody here can authorise an update.',
        NEW_OWNER,
      ),
    ];
  }
  if (owners.some(({ kind }) => kind === 'bootstrap-token')) {
    return [
      attention(
        'owners.only-bootstrap-token',
        'No account owns the startup volume, only the bootstrap token of the MDM.',
        'Only the MDM can authorise an update; no password of anybody here can.',
        'Log in once at the login window with an account that is to be an owner: the bootstrap token makes it one.',
      ),
    ];
  }
  if (owners.length > 0) {
    return [
      broken(
        'owners.only-recovery',
        'No account owns the startup volume, only a recovery key.',
        'A recovery key is nobody who could authorise an update while macOS runs.',
        NEW_OWNER,
      ),
    ];
  }
  return [broken('owners.none', 'Nobody owns the startup volume.', 'Nobody can authorise an update.', NEW_OWNER)];
}

/** Said plainly because a server without one cannot authorise anything; nothing here needs it. */
function bootstrapToken({ appleSilicon, cryptoUsers }: CheckupFacts): Finding[] {
  const isOther = appleSilicon.known && !appleSilicon.value;
  if (isOther || !cryptoUsers.known) return [];
  if (cryptoUsers.value.some(({ kind }) => kind === 'bootstrap-token')) {
    const means = 'A management server that holds it gives a token with a first log-in. upkeep itself needs none.';
    return [ok('owners.bootstrap-token', 'The startup volume knows a bootstrap token.', means)];
  }
  return [
    ok(
      'owners.no-bootstrap-token',
      'The startup volume knows no bootstrap token, so none is escrowed with a management server.',
      'Such a server could authorise no update here, nor give a token with a first log-in. upkeep itself needs none.',
    ),
  ];
}

const NEW_OWNER =
  'Give an account a secure token, which makes it an owner: by a first log-in with a bootstrap token, or by an administrator who has one. If nobody has one, erase the Mac and set it up anew.';
