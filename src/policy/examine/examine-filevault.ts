import type { CheckupFacts } from './checkup-facts.ts';
import { attention, type Finding, notKnown, ok } from './finding.ts';

export function examineFileVault(facts: CheckupFacts): Finding[] {
  const { fileVault } = facts;
  if (!fileVault.known) {
    return [notKnown('filevault.unknown', 'It is not known whether FileVault is on.', fileVault.why)];
  }
  const found = examineState(fileVault.value);
  // Without FileVault there is no screen to pass and nothing that a key would open.
  return fileVault.value.active ? [...found, ...examineRecoveryKey(facts), ...examineAuthRestart(facts)] : found;
}

function examineState({
  active,
  waitsForRestart,
  percent,
  deferred,
}: Extract<CheckupFacts['fileVault'], { known: true }>['value']): Finding[] {
  const found: Finding[] = [];
  if (active) found.push(ok('filevault.on', 'FileVault is on.', 'Whoever steals the Mac cannot read its disk.'));
  if (!active && deferred) {
    found.push(
      attention(
        'filevault.deferred',
        'FileVault is off and will be turned on when somebody logs in or out.',
        'Until then the disk opens by itself when the Mac starts.',
        'Let the person log out once and agree.',
      ),
    );
  }
  if (waitsForRestart) {
    found.push(
      attention(
        'filevault.waits-for-restart',
        'A change of FileVault takes effect with the next restart.',
        'Until then who can unlock the disk is not settled.',
        'Restart the Mac when it suits the person.',
      ),
    );
  }
  if (percent !== null) {
    found.push(
      attention(
        'filevault.busy',
        `The disk is being encrypted or decrypted: ${percent} percent are done.`,
        'macOS may refuse to install an update until it is done.',
        'Leave the Mac on its power adapter.',
      ),
    );
  }
  if (!active && !deferred && !waitsForRestart) {
    found.push(
      attention(
        'filevault.off',
        'FileVault is off.',
        'The disk opens by itself when the Mac starts: after a theft only the login window protects what is on it, the System keychain among it.',
        'Turn it on by a profile of your MDM, with the recovery key kept there.',
      ),
    );
  }
  return found;
}

function examineRecoveryKey({ recoveryKey, cryptoUsers }: CheckupFacts): Finding[] {
  const what = 'It is not known whether there is a personal recovery key.';
  if (!recoveryKey.known) return [notKnown('filevault.recovery-key-unknown', what, recoveryKey.why)];
  if (recoveryKey.value) {
    const means = 'Whether your MDM has it, only the MDM can tell.';
    return [ok('filevault.recovery-key', 'There is a personal recovery key.', means)];
  }
  // `fdesetup` says no for every error as well: the volume is the second source.
  if (!cryptoUsers.known || cryptoUsers.value.some(({ kind }) => kind === 'personal-recovery')) {
    const why = cryptoUsers.known ? 'fdesetup says no, and the volume has the entry of one' : cryptoUsers.why;
    return [notKnown('filevault.recovery-key-unknown', what, why)];
  }
  return [
    attention(
      'filevault.no-recovery-key',
      'There is no personal recovery key.',
      'When everybody who can unlock the disk has forgotten the password, what is on it is lost.',
      'Have one made by a profile of your MDM that keeps it: `fdesetup changerecovery -personal` as root does it by hand.',
    ),
  ];
}

function examineAuthRestart({ authRestart }: CheckupFacts): Finding[] {
  if (!authRestart.known) {
    const what = 'It is not known whether the Mac can restart past the FileVault screen.';
    return [notKnown('filevault.authrestart-unknown', what, authRestart.why)];
  }
  if (authRestart.value) {
    const means = 'An update that was authorised with a password need not wait at that screen.';
    return [ok('filevault.authrestart', 'The Mac can restart past the FileVault screen.', means)];
  }
  return [
    attention(
      'filevault.no-authrestart',
      'The Mac cannot restart past the FileVault screen.',
      'After an update somebody has to type a password before it can be reached again.',
      'Plan updates for when somebody is there.',
    ),
  ];
}
