import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/domain/instant.ts';
import { AwakeTime } from '../../src/simulator/mac/awake-time.ts';
import { random } from '../../src/simulator/random.ts';
import { VirtualClock } from '../../src/simulator/virtual-clock.ts';

describe('the virtual clock', () => {
  test('runs what is due in order of time, then of arming, and stands at each instant', () => {
    const clock = new VirtualClock(1_000);
    const seen: string[] = [];
    const say = (word: string) => () => seen.push(`${word}@${clock.now()}`);
    clock.after(50, say('late'));
    clock.after(10, say('first'));
    clock.after(10, say('second'));
    clock.at(500, say('past'));
    while (clock.advance());
    expect(seen).toEqual(['past@1000', 'first@1010', 'second@1010', 'late@1050']);
  });

  test('a callback set by a callback is on time, and one taken back never comes', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    const takeBack = clock.after(20, () => seen.push(-1));
    clock.after(10, () => clock.after(5, () => seen.push(clock.now())));
    takeBack();
    expect(await clock.runUntil(100)).toBe('reached');
    expect(seen).toEqual([15]);
    expect(clock.now()).toBe(100);
  });

  test('promises settle between two callbacks', async () => {
    const clock = new VirtualClock(0);
    const seen: string[] = [];
    clock.after(1, () => {
      void Promise.resolve()
        .then(() => undefined)
        .then(() => seen.push('promise'));
    });
    clock.after(1, () => seen.push('next'));
    await clock.runUntil(10);
    expect(seen).toEqual(['promise', 'next']);
  });

  test('a jump of the wall clock moves no true time and makes nothing due', () => {
    const clock = new VirtualClock(0);
    let due = false;
    clock.after(HOUR_MS, () => {
      due = true;
    });
    clock.jumpWall(DAY_MS);
    expect([clock.now(), clock.wall(), due]).toEqual([0, DAY_MS, false]);
  });

  test('a world in which time no longer passes is an error, not a hang', () => {
    const clock = new VirtualClock(0);
    const again = (): void => {
      clock.after(0, again);
    };
    again();
    expect(() => {
      while (clock.advance());
    }).toThrow('stands still');
  });

  test('many timers come in order', () => {
    const clock = new VirtualClock(0);
    const dice = random('heap');
    const seen: number[] = [];
    for (let index = 0; index < 2_000; index += 1) clock.at(dice.whole(0, 500), () => seen.push(clock.now()));
    while (clock.advance());
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen).toHaveLength(2_000);
  });
});

describe('awake time', () => {
  test('stands still in sleep, and what waits in it comes that much later', () => {
    const clock = new VirtualClock(0);
    const awake = new AwakeTime(clock);
    const seen: number[] = [];
    awake.run();
    awake.after(100, () => seen.push(clock.now()));
    clock.at(40, () => awake.stop());
    clock.at(1_000, () => awake.run());
    while (clock.advance());
    expect(seen).toEqual([1_060]);
    expect(awake.ms()).toBe(100);
  });

  test('counts from the boot, and nothing that waited before it comes back', () => {
    const clock = new VirtualClock(0);
    const awake = new AwakeTime(clock);
    let came = false;
    awake.run();
    awake.after(100, () => {
      came = true;
    });
    clock.at(50, () => {
      awake.restart();
      awake.run();
    });
    clock.at(500, () => undefined);
    while (clock.advance());
    expect([came, awake.ms()]).toEqual([false, 450]);
  });
});

describe('chance', () => {
  test('tells the same story by seed, and another by another', () => {
    const draw = (seed: number) =>
      Array.from(
        { length: 5 },
        (
          (dice) => () =>
            dice.next()
        )(random(seed)),
      );
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('a fork is not disturbed by how much its parent was used', () => {
    const calm = random(1);
    const busy = random(1);
    for (let index = 0; index < 9; index += 1) busy.next();
    expect(busy.fork('person').next()).toBe(calm.fork('person').next());
  });
});
