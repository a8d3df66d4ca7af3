// The client of NanoMDM and KMFDDM at the simulated ones, in virtual time, with everything between them held against the schema.
import { NanoMdm, type NanoMdmParts } from '../../../src/adapters/mdm/nanomdm/nano-mdm.ts';
import { Secret } from '../../../src/domain/secret.ts';
import { random } from '../../../src/simulator/random.ts';
import { API_KEY, ENFORCEMENT, nano } from '../../simulator/mdm/nano-harness.ts';
import { nanoAnswerFlaws, nanoRequestFlaws } from './nano-schema.ts';
import { dealings, portOf, Witness } from './pair.ts';

export const CREDENTIAL = { kind: 'account', name: 'nanomdm', password: new Secret(API_KEY) } as const;

export const nanoWitness = () => new Witness({ request: nanoRequestFlaws, answer: nanoAnswerFlaws });

export function nanoPair(
  options: Parameters<typeof nano>[0] = {},
  mac: Parameters<typeof nano>[1] = {},
  parts: Partial<NanoMdmParts> = {},
) {
  const world = nano(options, mac);
  const { server, clock, udid } = world;
  const witness = nanoWitness();
  const roll = random('pair');
  const all: NanoMdmParts = {
    http: witness.over(server.http),
    clock: portOf(clock),
    random: () => roll.whole(0, 999) / 1_000,
    address: 'https://mdm.example',
    declarationsAddress: null,
    credential: CREDENTIAL,
    mac: { udid },
    ...parts,
  };
  const client = new NanoMdm(all);
  /** The updates that the Mac was ever told to install, by whatever means. */
  const commands = () => world.mac.record.filter(({ what }) => what === 'ScheduleOSUpdate').length;
  const enforced = () => server.declarations.for(udid).filter(({ Type }) => Type === ENFORCEMENT);
  return { ...world, client, parts: all, witness, ...dealings(clock, client, 2_000), commands, enforced };
}

export type NanoPair = ReturnType<typeof nanoPair>;
