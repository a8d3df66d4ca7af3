import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/instant.ts';
import { macosOffer } from '../../src/simulator/mac/catalogue.ts';
import {
  DIALOGS,
  dialogCall,
  installArgs,
  macWith,
  OWNER,
  openDialog,
  PASSWORD,
  run,
  softwareupdate,
  toolCall,
} from './harness.ts';

const TAHOE = macosOffer('26.6.2', '25G83', 2_824_636);

describe('a dead world answers nothing', () => {
  test('nothing started before a restart is ever heard of again', async () => {
    const { mac, clock } = macWith();
    let events = 0;
    let timers = 0;
    mac.commands.start(toolCall('/usr/sbin/softwareupdate', ['--list'])).subscribe(() => {
      events += 1;
    });
    mac.clock.after(HOUR_MS, () => {
      timers += 1;
    });
    await clock.runUntil(clock.now() + 5_000);
    const heard = events;
    mac.restart('person');
    await clock.runUntil(clock.now() + DAY_MS);
    expect(mac.on).toBe(true);
    expect([events, timers]).toEqual([heard, 0]);
  });

  test('a boot begins with an empty process table, from zero, and without what the last one had planned', async () => {
    const { mac, clock } = macWith();
    let ended = 0;
    mac
      .door()
      .commands.start(dialogCall(DIALOGS.soft))
      .subscribe(() => {
        ended += 1;
      });
    await run(mac, '/sbin/shutdown', ['-r', '+30']);
    await clock.runUntil(clock.now() + 10_000);
    mac.restart('person');
    await clock.runUntil(clock.now() + 2 * MINUTE_MS);
    expect(mac.clock.monotonicMs()).toBeLessThan(2 * MINUTE_MS);
    expect((await run(mac, '/usr/bin/pgrep', ['-x', 'Dialog'])).stdout).toBe('');
    await clock.runUntil(clock.now() + DAY_MS);
    expect(ended).toBe(0);
    expect(mac.happenings.filter((one) => one.kind === 'restart')).toHaveLength(1);
  });

  test('a tool in a session that is logged out ends by a signal, and its caller hears of it', async () => {
    const { mac, clock } = macWith();
    let signal: string | null = null;
    const inSession = ['asuser', '501', '/usr/bin/sudo', '-u', 'root', '/usr/sbin/softwareupdate', '--list'];
    mac.commands.start(toolCall('/bin/launchctl', inSession)).subscribe((event) => {
      if (event.kind === 'ended') signal = event.ending.signal;
    });
    await clock.runUntil(clock.now() + 5_000);
    mac.logOut();
    expect(signal).toBe('SIGTERM');
  });

  test('a closed door hears nothing, starts nothing, and its tools are gone; another door works', async () => {
    const { mac, clock } = macWith();
    const door = mac.door();
    let heard = 0;
    door.commands.start(dialogCall(DIALOGS.warning)).subscribe(() => {
      heard += 1;
    });
    door.clock.after(MINUTE_MS, () => {
      heard += 1;
    });
    await clock.runUntil(clock.now() + 5_000);
    expect(mac.screen.windows()).toHaveLength(1);
    door.close();
    expect(mac.screen.windows()).toHaveLength(0);
    door.commands.start(toolCall('/usr/bin/sw_vers', [])).subscribe(() => {
      heard += 1;
    });
    await clock.runUntil(clock.now() + HOUR_MS);
    expect(heard).toBe(0);
    expect((await run(mac, '/usr/bin/sw_vers')).ending?.exitCode).toBe(0);
    expect(mac.happenings.findLast((one) => one.kind === 'dialog-closed')).toMatchObject({
      why: 'killed',
      exitCode: null,
    });
  });

  test('killing the agent breaks off its download, which goes on from there next time', async () => {
    const { mac, clock } = macWith();
    mac.publish([TAHOE]);
    let seen = '';
    mac.commands
      .start(toolCall('/usr/sbin/softwareupdate', ['--download', TAHOE.label, ...OWNER], [`${PASSWORD}\n`]))
      .subscribe((event) => {
        seen += event.kind === 'output' ? event.text : '';
      });
    await clock.runUntil(clock.now() + DAY_MS, () => / 3\d\./.test(seen));
    mac.killAgentChildren();
    await clock.runUntil(clock.now() + HOUR_MS);
    expect(mac.happenings.at(-1)).toMatchObject({ kind: 'download-ended', why: 'killed' });
    const again = await softwareupdate(mac, ['--download', TAHOE.label, ...OWNER], PASSWORD);
    expect(again.stdout).not.toContain(' 16.00%');
    expect(again.stdout).toContain('100.00%');
  });

  test('an accepted install goes on without the agent that asked for it', async () => {
    const { mac, clock } = macWith();
    mac.publish([TAHOE]);
    await softwareupdate(mac, ['--list']);
    mac.commands.start(toolCall('/usr/sbin/softwareupdate', installArgs(TAHOE.label), [`${PASSWORD}\n`])).subscribe();
    await clock.runUntil(clock.now() + HOUR_MS, () => mac.happenings.some((one) => one.kind === 'install-accepted'));
    mac.killAgentChildren();
    await clock.runUntil(clock.now() + 4 * HOUR_MS);
    expect((await run(mac, '/usr/bin/sw_vers', ['--buildVersion'])).stdout).toBe('25G83\n');
  });

  test('unsubscribing ends the tool; a tool that outputs through a pipe is heard late', async () => {
    const { mac } = macWith({ bufferedOutput: true });
    mac.publish([TAHOE]);
    const begun = await softwareupdate(mac, ['--list'], null, 5_000);
    expect([begun.stdout, begun.ending]).toEqual(['', null]);
    const pieces: string[] = [];
    mac.commands.start(toolCall('/usr/sbin/softwareupdate', ['--list'])).subscribe((event) => {
      if (event.kind === 'output') pieces.push(event.text);
    });
    await mac.world.runUntil(mac.world.now() + HOUR_MS);
    expect(pieces).toHaveLength(1);
  });
});

describe('sleep', () => {
  test('stops the monotonic clock, the tools and the timers; the wall clock goes on', async () => {
    const { mac, clock } = macWith();
    const mono = mac.clock.monotonicMs();
    const wall = mac.clock.now();
    let rang: number | null = null;
    mac.clock.after(10 * MINUTE_MS, () => {
      rang = clock.now();
    });
    await clock.runUntil(clock.now() + 4 * MINUTE_MS);
    mac.closeLid();
    await clock.runUntil(clock.now() + 8 * HOUR_MS);
    expect([mac.asleep, rang]).toEqual([true, null]);
    mac.openLid();
    await clock.runUntil(clock.now() + 6 * MINUTE_MS);
    expect(rang).toBe(wall + 8 * HOUR_MS + 10 * MINUTE_MS);
    expect(mac.clock.monotonicMs() - mono).toBe(10 * MINUTE_MS);
    expect(mac.clock.now() - wall).toBe(8 * HOUR_MS + 10 * MINUTE_MS);
  });

  test('an empty battery puts the Mac to sleep until it is plugged in', async () => {
    const { mac, clock } = macWith({ power: 'battery', batteryPercent: 20 });
    await clock.runUntil(clock.now() + 3 * HOUR_MS);
    expect(mac.asleep).toBe(true);
    mac.plugIn();
    expect(mac.asleep).toBe(false);
  });

  test('a Mac restarted with its lid closed comes up and falls asleep at its login window', async () => {
    const { mac, clock } = macWith();
    mac.restart('person');
    mac.closeLid();
    await clock.runUntil(clock.now() + HOUR_MS);
    expect([mac.on, mac.asleep]).toEqual([true, true]);
  });
});

describe('the wake launchd keeps', () => {
  test('comes at the whole minute, once; arming again replaces it', async () => {
    const { mac, clock } = macWith();
    const fired: number[] = [];
    const begun = clock.now();
    mac.launchd.onDue(() => fired.push(clock.now() - begun));
    mac.launchd.arm(begun + HOUR_MS);
    mac.launchd.arm(begun + 90_500);
    await clock.runUntil(begun + DAY_MS);
    expect(fired).toEqual([2 * MINUTE_MS]);
  });

  test('missed in sleep it comes at wake-up; missed while off it does not come at all', async () => {
    const { mac, clock } = macWith();
    let fired = 0;
    mac.launchd.onDue(() => {
      fired += 1;
    });
    const wakeAt = clock.now() + HOUR_MS;
    mac.launchd.arm(wakeAt);
    mac.closeLid();
    await clock.runUntil(clock.now() + 3 * HOUR_MS);
    expect(fired).toBe(0);
    mac.openLid();
    await clock.runUntil(clock.now() + MINUTE_MS);
    expect(fired).toBe(1);
    mac.launchd.arm(clock.now() + HOUR_MS);
    mac.cutPower(2 * HOUR_MS);
    await clock.runUntil(clock.now() + DAY_MS);
    expect([fired, mac.launchd.armed()]).toEqual([1, null]);
  });

  test('outlives a restart, follows the wall clock, and may be missed', async () => {
    const { mac, clock } = macWith();
    let fired = 0;
    mac.launchd.onDue(() => {
      fired += 1;
    });
    mac.launchd.arm(clock.now() + 6 * HOUR_MS);
    mac.restart('person');
    await clock.runUntil(clock.now() + HOUR_MS);
    clock.jumpWall(5 * HOUR_MS);
    await clock.runUntil(clock.now() + 2 * MINUTE_MS);
    expect(fired).toBe(1);
    mac.faults.add({ name: 'wake-missed', times: 1 });
    mac.launchd.arm(mac.clock.now() + HOUR_MS);
    await clock.runUntil(clock.now() + DAY_MS);
    expect(fired).toBe(1);
    expect(mac.happenings.some((one) => one.kind === 'wake-missed')).toBe(true);
  });
});

describe('dialogs', () => {
  const soon = 5_000;

  test('open, visible and seen are three things', async () => {
    const { mac, clock } = macWith({ locked: true });
    openDialog(mac, DIALOGS.warning);
    await clock.runUntil(clock.now() + soon);
    const kinds = () => mac.happenings.map((one) => one.kind).filter((kind) => kind.startsWith('dialog'));
    expect(kinds()).toEqual(['dialog-opened']);
    mac.unlock();
    expect(kinds()).toEqual(['dialog-opened', 'dialog-visible']);
    mac.sitDown();
    expect(kinds()).toEqual(['dialog-opened', 'dialog-visible', 'dialog-seen']);
    expect(mac.happenings.find((one) => one.kind === 'dialog-opened')).toMatchObject({
      user: 'anna',
      screenUnlocked: false,
      somebodyThere: false,
      shows: { title: 'Restart at 18:00', timer: 3600 },
    });
  });

  test('exit codes: first button, second, info, timer; inputs are told only with exit 0', async () => {
    const outcome = async (
      button: 'button1' | 'button2' | 'info' | 'quit' | null,
      shows: Record<string, unknown> = DIALOGS.choice,
    ) => {
      const { mac, clock } = macWith();
      const ran = openDialog(mac, shows);
      await clock.runUntil(clock.now() + 2 * soon);
      if (button) mac.screen.windows()[0]?.press({ button, selected: { 'Remind me in': '4 hours' }, typed: {} });
      await clock.runUntil(clock.now() + HOUR_MS);
      return [ran.ending?.exitCode, ran.stdout];
    };
    expect(await outcome('button1')).toEqual([
      0,
      '{\n  "SelectedOption" : "4 hours",\n  "SelectedIndex" : 1,\n  "Remind me in" : {\n    "selectedValue" : "4 hours",\n    "selectedIndex" : 1\n  }\n}\n',
    ]);
    expect(await outcome('button2')).toEqual([2, '']);
    expect(await outcome('info')).toEqual([3, '']);
    expect(await outcome('quit')).toEqual([10, '']);
    expect(await outcome(null)).toEqual([4, '']);
    expect(await outcome('button2', DIALOGS.soft)).toEqual([4, '']);
    expect(await outcome('info', { ...DIALOGS.choice, quitoninfo: false })).toEqual([4, '']);
    expect(await outcome('button1', DIALOGS.password)).toEqual([4, '']);
    expect(await outcome(null, { ...DIALOGS.choice, timer: '' })).toEqual([undefined, '']);
  });

  test('takes plain options as well, and says what it cannot read', async () => {
    const { mac, clock } = macWith();
    const ran = openDialog(mac, {});
    const plain = ['--title', 'Plain', '--selecttitle', 'When', '--selectvalues', 'now, then', '--timer', '60'];
    let text = '';
    mac.commands.start(toolCall('/usr/local/bin/dialog', plain)).subscribe((event) => {
      text += event.kind === 'output' ? event.text : '';
    });
    await clock.runUntil(clock.now() + 2 * soon);
    const window = mac.screen.windows().find((one) => one.shows.title === 'Plain');
    window?.press({ button: 'button1', selected: { When: 'then' }, typed: {} });
    await clock.runUntil(clock.now() + soon);
    expect(text).toBe('"SelectedOption" : "then"\n"SelectedIndex" : 1\n"When" : "then"\n"When" index : "1"\n');
    expect(ran.ending).toBeNull();
    const wrong = await run(mac, '/usr/local/bin/dialog', ['--jsonstring', '{']);
    expect([wrong.ending?.exitCode, wrong.stdout]).toEqual([202, 'ERROR: JSON could not be read\n']);
  });

  test('dies with its session, and is found by name while it lives', async () => {
    const { mac, clock } = macWith();
    const ran = openDialog(mac, DIALOGS.warning);
    await clock.runUntil(clock.now() + soon);
    expect((await run(mac, '/usr/bin/pgrep', ['-x', '-U', '501', 'Dialog'])).stdout).toMatch(/^\d+\n$/);
    mac.logOut();
    await clock.runUntil(clock.now() + soon);
    expect(ran.ending).toMatchObject({ exitCode: 40, signal: null });
    expect((await run(mac, '/usr/bin/pgrep', ['-x', '-U', '501', 'Dialog'])).ending?.exitCode).toBe(1);
    expect(mac.happenings.find((one) => one.kind === 'dialog-closed')).toMatchObject({ why: 'log-out', exitCode: 40 });
    expect((await run(mac, '/usr/local/bin/dialog', ['--title', 'x'])).ending?.exitCode).toBe(1);
  });

  test('its countdown stands still in sleep', async () => {
    const { mac, clock } = macWith();
    const ran = openDialog(mac, DIALOGS.soft);
    await clock.runUntil(clock.now() + 5 * MINUTE_MS);
    mac.closeLid();
    await clock.runUntil(clock.now() + DAY_MS);
    expect(ran.ending).toBeNull();
    mac.openLid();
    await clock.runUntil(clock.now() + 12 * MINUTE_MS);
    expect(ran.ending?.exitCode).toBe(4);
  });
});
