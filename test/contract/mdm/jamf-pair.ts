// The client of Jamf Pro at the simulated server, in virtual time, with everything between them held against the schema.
import { JamfPro, type JamfProParts } from '../../../src/adapters/mdm/jamf-pro/jamf-pro.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { random } from '../../../src/simulator/random.ts';
import { jamf, PASSWORD, SECRET } from '../../simulator/mdm/jamf-harness.ts';
import { answerFlaws, requestFlaws } from './jamf-schema.ts';
import { dealings, portOf, Witness } from './pair.ts';

export const CREDENTIALS = {
  client: { kind: 'client', id: 'upkeep', secret: new Secret(SECRET) },
  account: { kind: 'account', name: 'upkeep', password: new Secret(PASSWORD) },
} as const;
export type CredentialKind = keyof typeof CREDENTIALS;

export const jamfWitness = () => new Witness({ request: requestFlaws, answer: answerFlaws });

export function pair(
  credential: CredentialKind = 'client',
  options: Parameters<typeof jamf>[0] = {},
  mac: Parameters<typeof jamf>[1] = {},
  parts: Partial<JamfProParts> = {},
) {
  const world = jamf(options, mac);
  const { server, clock } = world;
  const witness = jamfWitness();
  const { udid } = world.mac.facts();
  const isUnderWay = (): boolean => {
    const { computers, plans } = server.parts;
    const computer = computers.byUdid(udid);
    return computer !== null && plans.underWay(computer) !== null;
  };
  /** How many requests for a plan reached the server while another plan for the Mac was under way. */
  let second = 0;
  const passes = (what: string): void => {
    if (/^POST .*\/plans$/.test(what) && isUnderWay()) second += 1;
  };
  const roll = random('pair');
  const client = new JamfPro({
    http: witness.over(server.http, passes),
    clock: portOf(clock),
    random: () => roll.whole(0, 999) / 1_000,
    address: 'https://jamf.example',
    credential: CREDENTIALS[credential],
    mac: { udid, computerId: null, recon: null },
    ...parts,
  });
  return {
    ...world,
    client,
    witness,
    second: () => second,
    ...dealings(clock, client, 200),
    plans: () => server.parts.plans.all(),
  };
}

export type Pair = ReturnType<typeof pair>;
