// docs/mdm-nanomdm.md: the faults are those of the code, and the calls that a broker is told to let through are those that the
// client makes.
import { expect, test } from 'vitest';
import { nanoFaultSchema } from '../../src/simulator/mdm/nanomdm/faults.ts';
import { nanoPair, orderTo } from '../contract/mdm/nano-pair.ts';
import { read, rowsOf, sectionOf } from './pages.ts';

const page = read('docs/mdm-nanomdm.md');
const faults = rowsOf(sectionOf(page, '### Faults'))
  .slice(2)
  .map(([name = '', options = '']) => [name.replaceAll('`', ''), options] as const);

test('each fault has a row with its options, and no row is without its fault', () => {
  const usual = ['name', 'times', 'from', 'until'];
  const known = nanoFaultSchema.options.map(({ shape }) => [
    shape.name.value,
    Object.keys(shape)
      .filter((option) => !usual.includes(option))
      .sort(),
  ]);
  const options = (text: string) => [...text.replace(/\([^)]*\)/g, '').matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(faults.map(([name, text]) => [name, options(text).sort()])).toEqual(known);
});

test('a broker is told of every call that the client makes, and of no other', async () => {
  const told = rowsOf(sectionOf(page, '## Do not put the key on Macs'))
    .slice(2)
    .map(([call = '']) => call.replaceAll('`', ''));
  const one = nanoPair();
  await one.live(one.client.look());
  await one.live(one.client.nudge());
  await one.live(one.client.push(orderTo('download'), 'raw-command'));
  const made = await one.live(one.client.push(orderTo('enforce'), 'declaration'));
  await one.live(one.client.nudge());
  if ('plan' in made) await one.live(one.client.follow(made.plan));
  await one.live(one.client.current());
  const asked = one.witness.requests.map((what) => what.replaceAll(one.udid, 'UUID'));
  expect(told.toSorted()).toEqual([...new Set(asked)].sort());
});
