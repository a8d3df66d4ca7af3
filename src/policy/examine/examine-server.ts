import { holderWords, type MdmHolder } from '../../domain/mdm-credential.ts';
import type { PushAbilities, PushFailure, PushTrouble } from '../../domain/push.ts';
import type { CheckupFacts, ServerFacts } from './checkup-facts.ts';
import { attention, broken, type Finding, notKnown, ok, sentence, shortList } from './finding.ts';

/**
 * The management server as a way to updates: whether it lets us in, knows this Mac and may do what is needed, and what the
 * credential could do besides. Nothing is said where none is named and nothing saved.
 */
export function examineServer({ server }: CheckupFacts): Finding[] {
  if (server === undefined) return [];
  if (!server.known) return [notKnown('server.unknown', UNKNOWN, server.why)];
  const { service, holder } = server.value;
  if (holder === null) {
    return [
      attention(
        'server.not-saved',
        `The settings name a management server (${service}), and nothing is saved for it.`,
        'It is never asked.',
        'Save what lets upkeep in: `sudo upkeep auth set mdm --client ID`. Or take mdm.service out of the settings.',
      ),
    ];
  }
  if (service === 'none') {
    return [
      attention(
        'server.not-named',
        `The ${holderWords(holder)} of a management server is saved, and the settings name none.`,
        'It is never used, and whoever becomes root here can use it.',
        'Delete it: `sudo upkeep auth delete mdm`. Or set mdm.service.',
      ),
    ];
  }
  return [...answered(server.value, holder), ...hygiene(server.value, holder)];
}

function answered({ answer }: ServerFacts, holder: MdmHolder): Finding[] {
  if (!answer.known) return [notKnown('server.unknown', UNKNOWN, answer.why, 'Look at the settings (docs/mdm.md).')];
  const { address, seen, privileges } = answer.value;
  const refusal = [seen, privileges].find((one): one is { failed: PushFailure } => 'failed' in one && isOut(one));
  if (refusal !== undefined) return [outside(refusal.failed, address)];
  const found: Finding[] = [];
  if (!('failed' in privileges)) {
    const { missing, unproven } = privileges;
    const open =
      unproven.length === 0
        ? 'It has all that is needed.'
        : `Only an order would show whether it may: ${shortList(unproven)}.`;
    found.push(ok('server.lets-in', `${address} lets the ${holderWords(holder)} in.`, open));
    if (missing.length > 0)
      found.push(
        broken(
          'server.privileges',
          `The ${holderWords(holder)} lacks what is needed: ${missing.join('; ')}.`,
          'The server refuses what upkeep asks of it.',
          'Give it that at the server: to the role of an API client, or to the account.',
        ),
      );
  }
  if ('failed' in seen) return [...found, unseen(seen.failed)];
  return [...found, ok('server.knows-mac', 'The server knows this Mac.', deviceWords(seen)), meansFound(seen)];
}

/** Whether nothing more can be said of the server, for it does not answer or does not let us in. */
const isOut = ({ failed }: { failed: PushFailure }): boolean => OUT.has(failed.trouble);
const OUT: ReadonlySet<PushTrouble> = new Set([
  'server-unreachable',
  'server-busy',
  'server-failed',
  'credential-refused',
]);

function outside({ trouble, detail }: PushFailure, address: string): Finding {
  if (trouble === 'credential-refused')
    return broken(
      'server.refused',
      `${address} does not let upkeep in.`,
      sentence(detail),
      'Make a new secret at the server, and save it: `sudo upkeep auth set mdm`.',
    );
  return attention(
    'server.unreachable',
    `${address} does not answer as it should.`,
    sentence(detail),
    'Look at mdm.url in the settings, and at the network. It may pass by itself.',
  );
}

function unseen({ trouble, detail }: PushFailure): Finding {
  if (NOT_THIS_MAC.has(trouble))
    return broken(
      'server.not-this-mac',
      'The server does not know this Mac, or not as one it manages.',
      sentence(detail),
      'Have the Mac send its inventory (`sudo jamf recon`), and look for two records of it at the server.',
    );
  if (trouble === 'privilege-missing')
    return broken('server.privileges', 'The server refuses what upkeep asks of it.', sentence(detail), RIGHTS);
  return notKnown(
    'server.unknown',
    'It is not known what the server could do for this Mac.',
    detail,
    'Look again later.',
  );
}

const NOT_THIS_MAC: ReadonlySet<PushTrouble> = new Set(['computer-unknown', 'computer-ambiguous', 'not-managed']);
const RIGHTS = 'Give it what it lacks, at the server; docs/mdm.md has the whole list.';

function deviceWords({ device }: PushAbilities): string {
  const not = [
    ...(device.managed === false ? ['managed'] : []),
    ...(device.supervised === false ? ['supervised'] : []),
    ...(device.declarative === false ? ['set up for declarations'] : []),
  ];
  return not.length === 0
    ? 'It was found by its hardware.'
    : `As of its last inventory it is not ${not.join(', nor ')}.`;
}

function meansFound({ means, lacks, serverVersion }: PushAbilities): Finding {
  const version = serverVersion === null ? 'Its version is not known.' : `It is version ${serverVersion}.`;
  if (lacks === 'feature-off')
    return attention(
      'server.feature-off',
      'The update feature of the server is turned off.',
      `Only the older call is left, which says nothing of what comes of it, and which macOS 27 does not know. ${version}`,
      'Turn it on: in Jamf Pro, Computers → Software Updates.',
    );
  if (means.length === 0)
    return attention(
      'server.no-means',
      'The server offers no way to update a Mac now.',
      lacks === 'feature-switching' ? 'It is turning its update feature on or off.' : version,
      lacks === 'feature-switching' ? 'Wait until it is done.' : 'Use a newer server.',
    );
  return ok('server.means', `It can update this Mac by ${means.map((one) => MEANS_WORDS[one]).join(', ')}.`, version);
}

const MEANS_WORDS: Readonly<Record<PushAbilities['means'][number], string>> = {
  declaration: 'a declaration with a deadline',
  plan: 'an update plan',
  'legacy-command': 'the older call',
  'raw-command': 'a command',
};

/** What the credential could do besides: whoever becomes root here, or steals the Mac with FileVault off, can do it too. */
function hygiene({ service, isServerItself, answer }: ServerFacts, holder: MdmHolder): Finding[] {
  const found: Finding[] = [];
  if (service === 'jamf-pro' && holder.kind === 'account')
    found.push(
      attention(
        'server.account',
        'An account of the server is saved, and not an API client.',
        'It also opens the pages of the server, and its password is one that people may know and change.',
        'Make an API client whose role has the needed privileges alone (docs/mdm.md), and save that: `sudo upkeep auth set mdm --client ID --replace`.',
      ),
    );
  const rights = answer.known ? answer.value.privileges : null;
  if (rights !== null && !('failed' in rights) && (rights.beyond ?? []).length > 0)
    found.push(
      attention(
        'server.more-than-needed',
        `The ${holderWords(holder)} may more than upkeep needs: ${shortList(rights.beyond ?? [])}.`,
        'Whoever becomes root on one Mac that has it may do all that, at every Mac of the server.',
        'Take these privileges from it, at the server.',
      ),
    );
  if (service === 'nanomdm' && isServerItself === true)
    found.push(
      attention(
        'server.fleet-key',
        'This Mac holds the key of the management server itself.',
        'NanoMDM has one key for all: whoever becomes root here can command every Mac, and wipe it.',
        'Put a broker between, which lets a Mac order for itself alone, and set mdm.url to it (docs/mdm.md). Then change the key.',
      ),
    );
  return found;
}

const UNKNOWN = 'It is not known how it stands with the management server.';
