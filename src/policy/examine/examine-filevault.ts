import { SAVED_METHODS } from '../../domain/credentials.ts';
import type { CheckupFacts } from './checkup-facts.ts';
import { attention, type Finding, listed, notKnown, ok, sentence } from './finding.ts';

export function examineFileVault(facts: CheckupFacts): Finding[] {
  const { fileVault } = facts;
  if (!fileVault.known) {
    return [notKnown('filevault.unknown', 'It is not known whether FileVault is on.', fileVault.why)];
  }
  const found = examineState(fileVault.value);
  // Without FileVault there is no screen to pass and nothing that a key would open.
  if (!fileVault.value.active) return found;
  return [...found, ...examineRecoveryKey(facts), ...examineAuthRestart(facts), ...examineNextStart(facts)];
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

/** Whether what `fileVault.unlockNextStart` wants can be done; nothing is said where it is not wanted. */
function examineNextStart(facts: CheckupFacts): Finding[] {
  const { nextStart, authRestart, methods } = facts;
  if (nextStart === undefined) return [];
  const unknown = [nextStart, authRestart, methods].find((fact) => !fact.known);
  if (!nextStart.known || !authRestart.known || !methods.known) {
    const what =
      'It is not known whether the start after an update can be unlocked in advance, as the settings want it.';
    return [notKnown('filevault.unlocks-unknown', what, unknown?.known === false ? unknown.why : '')];
  }
  const { keepsKey, openers } = nextStart.value;
  const hindrance = hindranceTo({ ...facts, keepsKey, openers, passable: authRestart.value, methods: methods.value });
  if (hindrance === null) {
    const means = 'An update is finished with nobody there. Until that start the key of the disk lies in memory.';
    return [ok('filevault.unlocks-start', 'A saved password can unlock the start after an update.', means)];
  }
  return [
    attention(
      'filevault.unlocks-nothing',
      'The start after an update cannot be unlocked in advance, although the settings want it.',
      `${sentence(hindrance.why)} The update is installed all the same, and waits at FileVault’s screen for somebody.`,
      hindrance.remedy,
    ),
  ];
}

type Hindrance = { why: string; remedy: string };

function hindranceTo({
  keepsKey,
  openers,
  passable,
  methods,
  verifications,
}: {
  keepsKey: boolean;
  openers: readonly string[];
  passable: boolean;
  methods: Extract<CheckupFacts['methods'], { known: true }>['value'];
} & Pick<CheckupFacts, 'verifications'>): Hindrance | null {
  if (!passable) {
    const remedy = 'Turn `fileVault.unlockNextStart` off for this Mac, and plan updates for when somebody is there.';
    return { why: 'this Mac cannot restart past that screen', remedy };
  }
  if (!keepsKey) {
    const remedy = 'Choose one of the two: `sudo pmset -a destroyfvkeyonstandby 0`, or the setting turned off.';
    return { why: 'this Mac throws the key away that it takes (destroyfvkeyonstandby)', remedy };
  }
  if (!SAVED_METHODS.some((method) => methods[method] === null)) {
    return { why: 'no password that could be used for it is saved', remedy: 'Save one: `sudo upkeep auth set`.' };
  }
  const accounts = verifications?.known ? verifications.value.map(({ account }) => account) : [];
  if (accounts.length === 0 || accounts.some((account) => openers.includes(account))) return null;
  const remedy = 'Let somebody who can unlock FileVault add the account: `sudo fdesetup add -usertoadd USER`.';
  return { why: `${listed(accounts)} cannot unlock FileVault`, remedy };
}
