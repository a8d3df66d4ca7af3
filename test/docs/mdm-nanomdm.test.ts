// docs/mdm-nanomdm.md: the calls that a broker is told to let through are those that the client makes.
import { expect, test } from 'vitest';
import { nanoPair } from '../contract/mdm/nano-pair.ts';
import { orderTo } from '../contract/mdm/pair.ts';
import { read, rowsOf, sectionOf } from './pages.ts';

const page = read('docs/mdm-nanomdm.md');

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
  one.server.faults.add({ name: 'declaration-invalid' });
  await one.pass(60);
  if ('plan' in made) await one.live(one.client.follow(made.plan));
  const asked = one.witness.requests.map((what) => what.replaceAll(one.udid, 'UUID'));
  expect(told.toSorted()).toEqual([...new Set(asked)].sort());
});
