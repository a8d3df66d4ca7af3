// How it stands with a bootstrap token, from what the Mac and its server say. False alarms are no verdicts.
import { describe, expect, test } from 'vitest';
import {
  type BootstrapTokenFacts,
  type BootstrapTokenState,
  bootstrapTokenOf,
} from '../../src/domain/bootstrap-token.ts';
import { type Fact, known, unknown } from '../../src/domain/facts.ts';

const NO_TOKEN = 'Unable to get Bootstrap Token <(null):0> ((null))';
const escrowed = known({ supported: true, escrowed: true });
const asked: BootstrapTokenFacts = {
  status: escrowed,
  preflight: known('success'),
  server: unknown('it was not asked'),
  macOS: known('26.6'),
  appleSilicon: known(true),
};
const stateOf = (more: Partial<BootstrapTokenFacts>) => bootstrapTokenOf({ ...asked, ...more }).state;

describe('what the Mac says of the escrow decides first', () => {
  test.each<[string, BootstrapTokenFacts['status'], BootstrapTokenState]>([
    ['yes, yes', escrowed, 'valid'],
    ['yes, no', known({ supported: true, escrowed: false }), 'not-escrowed'],
    ['no, no', known({ supported: false, escrowed: false }), 'unsupported'],
    ['no, and yet escrowed', known({ supported: false, escrowed: true }), 'unsupported'],
    ['not to be read', unknown('half an answer'), 'unknown'],
  ])('%s', (_, status, state) => expect(stateOf({ status })).toBe(state));
});

describe('then what it says of its use', () => {
  const up = known(true);
  const down = known(false);
  const nobodyAsked: Fact<boolean> = unknown('nothing here asks servers');
  test.each<[string, Fact<boolean>, BootstrapTokenState]>([
    ['success', nobodyAsked, 'valid'],
    [' Success ', down, 'valid'],
    [NO_TOKEN, up, 'unusable'],
    [NO_TOKEN, down, 'unknown'],
    [NO_TOKEN, nobodyAsked, 'unknown'],
    ['System is not on full security', up, 'escrowed-unproven'],
    ['Invalid disk layout', up, 'escrowed-unproven'],
    ['not supported', up, 'escrowed-unproven'],
    ['unknown failure', up, 'escrowed-unproven'],
    ['EFI password exists', up, 'escrowed-unproven'],
    ['no success', up, 'escrowed-unproven'],
    ['', up, 'escrowed-unproven'],
  ])('“%s”, the server: %o', (said, server, state) => {
    for (const appleSilicon of [known(true), known(false), unknown<boolean>('no chip')]) {
      for (const macOS of [known('13.3'), known('27.0'), unknown<string>('no version')]) {
        expect(stateOf({ preflight: known(said), server, appleSilicon, macOS })).toBe(state);
      }
    }
  });

  test.each([
    ['it says nothing of it', known<string | null>(null), 'macOS did not tell whether it is of use'],
    [
      'it could not be asked',
      unknown<string | null>('mdmclient hangs'),
      'its use could not be checked: mdmclient hangs',
    ],
  ])('%s', (_, preflight, why) => {
    expect(bootstrapTokenOf({ ...asked, preflight })).toEqual({ state: 'escrowed-unproven', why, needed: true });
  });

  test('before 13.3 nothing is concluded, whatever it says', () => {
    for (const preflight of [known(null), known('success'), known(NO_TOKEN)]) {
      const token = bootstrapTokenOf({ ...asked, preflight, macOS: known('13.2.1'), server: up });
      expect(token).toMatchObject({ state: 'escrowed-unproven', why: expect.stringContaining('13.3') });
    }
  });
});

test.each([
  [known(true), true],
  [known(false), false],
  [unknown<boolean>('no chip'), null],
])('whether an update needs it, chip %o', (appleSilicon, needed) => {
  expect(bootstrapTokenOf({ ...asked, appleSilicon }).needed).toBe(needed);
  expect(bootstrapTokenOf({ ...asked, appleSilicon, status: unknown('x') }).needed).toBe(needed);
});
