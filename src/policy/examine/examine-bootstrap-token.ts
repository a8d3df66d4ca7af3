import type { CheckupFacts } from './checkup-facts.ts';
import { attention, broken, type Finding, notKnown, ok } from './finding.ts';

/** Whether an MDM server could authorise updates. Nothing is said where nobody looked. */
export function examineBootstrapToken({ bootstrapToken }: CheckupFacts): Finding[] {
  if (bootstrapToken === undefined) return [];
  const { token, enrolled, interrupted } = bootstrapToken;
  if (token.needed === false) {
    const means = 'On an Intel Mac root alone is enough to install them, also for an MDM.';
    return [ok('bootstrap-token.not-needed', 'A bootstrap token does not matter for updates on this Mac.', means)];
  }
  if (token.state === 'not-escrowed' && interrupted) {
    return [
      broken(
        'bootstrap-token.interrupted',
        'An escrow was cut off after the old bootstrap token was removed.',
        `The MDM server has none at all now. ${ONLY_MDM}`,
        ESCROW,
      ),
    ];
  }
  const why = token.why ?? 'nothing more is known of it';
  switch (token.state) {
    case 'valid':
      return [
        ok(
          'bootstrap-token.valid',
          'The bootstrap token is escrowed and of use.',
          'The MDM server can authorise updates.',
        ),
      ];
    case 'escrowed-unproven':
      return [
        notKnown(
          'bootstrap-token.unproven',
          'A bootstrap token is escrowed; whether it is of use is not proven.',
          why,
          PROVE,
        ),
      ];
    case 'unusable':
      return [attention('bootstrap-token.unusable', 'A bootstrap token is escrowed and of no use.', ONLY_MDM, ESCROW)];
    case 'not-escrowed':
      return [attention('bootstrap-token.not-escrowed', 'No bootstrap token is escrowed.', ONLY_MDM, ESCROW)];
    case 'unsupported':
      return enrolled === false
        ? [
            ok(
              'bootstrap-token.not-managed',
              'No MDM server manages this Mac.',
              'Updates are authorised by somebody here.',
            ),
          ]
        : [
            attention(
              'bootstrap-token.unsupported',
              'The MDM server keeps no bootstrap token for this Mac.',
              ONLY_MDM,
              'Look at the server whether it supports one and whether the Mac is supervised.',
            ),
          ];
    default:
      return [notKnown('bootstrap-token.unknown', 'It is not known how it stands with the bootstrap token.', why)];
  }
}

const ONLY_MDM = 'An MDM cannot authorise updates; passwords of accounts here can.';
const ESCROW =
  'Escrow one by an administrator who has a secure token: `sudo upkeep bootstrap-token escrow --admin USER`.';
const PROVE =
  'An administrator’s password proves it: `sudo upkeep bootstrap-token escrow --admin USER`, which leaves a good one alone.';
