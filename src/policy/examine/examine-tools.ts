import type { CheckupFacts } from './checkup-facts.ts';
import { attention, broken, type Finding, notKnown, ok } from './finding.ts';

export function examineTools({ tools }: CheckupFacts): Finding[] {
  if (!tools.known) return [notKnown('tools.unknown', 'It is not known whether the tools are there.', tools.why)];
  const { needed, missing, dialog, dialogOpen } = tools.value;
  const found: Finding[] = [];
  if (missing.length > 0) {
    found.push({
      ...broken(
        'tools.missing',
        `${missing.length} of the ${needed} tools of macOS that upkeep runs are missing.`,
        'upkeep does not work here, and what those tools would have told is unknown.',
        'Run it on a Mac. If this is one, its system volume is damaged: install macOS again over it.',
      ),
      quotes: [...missing],
    });
  } else
    found.push(ok('tools.there', `All ${needed} tools of macOS that upkeep runs are there.`, 'Nothing is missing.'));
  if (!dialog) {
    found.push(
      attention(
        'tools.no-dialog',
        'swiftDialog is not installed.',
        'Nobody can be asked or warned, so nobody who is logged in is ever restarted: updates wait.',
        'Install swiftDialog, which puts itself at /usr/local/bin/dialog.',
      ),
    );
  }
  if (!dialogOpen.known) {
    const what = 'It is not known whether others could put another program in the place of swiftDialog.';
    found.push(notKnown('tools.dialog-unknown', what, dialogOpen.why, 'Look at who owns /usr/local/bin.'));
  } else if (dialogOpen.value !== null) {
    const { path, why } = dialogOpen.value;
    found.push(
      attention(
        'tools.dialog-open',
        `Others than root could put another program in the place of swiftDialog: ${path} ${why}.`,
        'Whatever lies there is shown as upkeep’s dialog, to whoever is at the Mac. It never runs as root, but people type their password into it.',
        `Give it to root: \`sudo chown root:wheel ${path}\`, \`sudo chmod go-w ${path}\`. Homebrew on an Intel Mac makes /usr/local/bin its owner’s; then let swiftDialog or Homebrew live elsewhere.`,
      ),
    );
  }
  return found;
}
