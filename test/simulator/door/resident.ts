// A program that lives on the simulated Mac for some days: it looks at the version and at the updates every day, and
// appends what it saw to a file. Arguments: the root, the days.
import { appendFileSync } from 'node:fs';
import { execaCommands } from '../../../src/adapters/commands/execa-commands.ts';
import { withLimits } from '../../../src/adapters/commands/limits.ts';
import { DAY_MS, isoOf, MINUTE_MS } from '../../../src/domain/instant.ts';
import { countedCommands } from '../../../src/simulator/door/counted-commands.ts';
import { rootClock } from '../../../src/simulator/door/root-clock.ts';
import { toolCall } from '../harness.ts';

const [root = '', days = '1'] = process.argv.slice(2);
const clock = rootClock(root);
const commands = withLimits(countedCommands(execaCommands(), clock.tools), clock);

function run(path: string, args: string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve) => {
    const call = toolCall(root + path, args);
    let printed = '';
    commands.start({ ...call, limits: { ...call.limits, timeoutMs, silenceMs: timeoutMs } }).subscribe((event) => {
      if (event.kind === 'output') printed += event.text;
      else resolve(event.ending.stoppedBy ?? printed.trim().split('\n').at(-1) ?? '');
    });
  });
}

const before = clock.monotonicMs();
for (let day = 1; day <= Number(days); day += 1) {
  await new Promise<void>((resolve) => clock.after(DAY_MS, resolve));
  const at = isoOf(Math.floor(clock.now() / MINUTE_MS) * MINUTE_MS);
  const seen = await Promise.all([
    run('/usr/bin/sw_vers', ['-buildVersion'], MINUTE_MS),
    run('/usr/sbin/softwareupdate', ['--list'], MINUTE_MS * 10),
    run('/usr/local/bin/dialog', ['--title', 't', '--message', 'm'], MINUTE_MS),
  ]);
  const awake = Math.floor((clock.monotonicMs() - before) / MINUTE_MS);
  appendFileSync(`${root}/seen`, `${at} ${clock.zone()} ${awake} ${seen.join(', ')}\n`);
}
