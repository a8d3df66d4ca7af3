// `upkeep lab jamf` as somebody at a terminal meets it, and its shell lines as a shell runs them.
import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startUpkeep, upkeep } from './terminal.ts';

const hasCurl = ['bash', 'curl', 'sed'].every((tool) => spawnSync(tool, ['--version']).status !== null);

async function startLab(...args: string[]) {
  const lab = await startUpkeep('lab', 'jamf', ...args);
  onTestFinished(() => {
    lab.child.kill('SIGKILL');
  });
  await lab.until('Control-C ends it.');
  const [, secret = ''] = /shown only here: (\S+)/.exec(lab.heard.out) ?? [];
  const [, url = ''] = /listens at (\S+)/.exec(lab.heard.out) ?? [];
  const ended = new Promise<number | null>((resolve) => lab.child.on('close', resolve));
  return { ...lab, secret, url, ended };
}

describe('the server for trying things by hand', () => {
  test.skipIf(!hasCurl)(
    `its shell lines work, with the secret typed in${hasCurl ? '' : ' (needs bash, sed and curl)'}`,
    async () => {
      const lab = await startLab();
      const lines = [...lab.heard.out.matchAll(/^ {2}((?:read|TOKEN=|printf) ?.*)$/gm)].map(([, line = '']) => line);
      expect(lines).toHaveLength(4);
      expect(lines.join('\n')).not.toContain(lab.secret);
      const ran = spawnSync('bash', ['-c', lines.join('\n')], { input: `${lab.secret}\n`, encoding: 'utf8' });
      expect(ran.status).toBe(0);
      const [inventory, plan] = ran.stdout.split(/\n?(?<=\})(?=\{)/).map((text) => JSON.parse(text));
      expect(inventory).toMatchObject({ totalCount: 1, results: [{ id: '12' }] });
      expect(plan).toMatchObject({ plans: [{ device: { deviceId: '12' } }] });
      await lab.until('plans → 201');
      expect(lab.heard.out).toMatch(/^\d\d:\d\d:\d\d {2}POST \/api\/oauth\/token → 200$/m);
      expect(lab.heard.out.split(lab.secret)).toHaveLength(2);
      expect(lab.heard.out).not.toMatch(/eyJ/);
    },
  );

  test('version and faults are as asked for, and Control-C ends it', async () => {
    const lab = await startLab('--version', '10.47', '--fault', 'maintenance:30', '--fault', 'slow:0.1');
    expect(lab.heard.out).toContain('version 10.47');
    expect(lab.heard.out).toContain('Wrong with it: maintenance, slow\n');
    const answer = await fetch(`${lab.url}/api/v1/health-check`);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30']);
    const taken = await upkeep('lab', 'jamf', '--port', new URL(lab.url).port);
    expect(taken.code).toBe(64);
    expect(taken.err).toContain('something listens there');
    lab.child.kill('SIGINT');
    expect(await lab.ended).toBe(0);
    expect(lab.heard.out).toMatch(/The server is gone\.\n$/);
    expect(lab.heard.err).toBe('');
  });

  test('another run has another secret', async () => {
    const [one, two] = await Promise.all([startLab(), startLab()]);
    expect(one.secret).not.toBe(two.secret);
    expect(one.secret.length).toBeGreaterThan(30);
  });
});

describe('wrong words', () => {
  test.each<[string[], string]>([
    [['--fault', 'slwo:3'], '--fault cannot be "slwo:3". Did you mean slow?'],
    [['--fault', 'plan-fails:LAZINESS'], '--fault cannot be "plan-fails:LAZINESS"'],
    [['--fault', 'numeric-ids:2'], 'numeric-ids without a colon'],
    [['--version', '12.0'], 'Give a version from 10.30 to 11.30.1.'],
    [['--version', 'new'], 'Give a version from 10.30 to 11.30.1.'],
    [['--port', '70000'], 'Give a whole number from 0 to 65535.'],
    [['--persona', 'absent'], '--persona belongs to a simulated Mac in a folder.'],
    [['--port', '1', '--port', '2'], '--port is given twice'],
  ])('%j', async (args, said) => {
    const { code, out, err } = await upkeep('lab', 'jamf', ...args);
    expect({ code, out }).toEqual({ code: 64, out: '' });
    expect(err).toContain(said);
  });

  test('what belongs to this server is refused for a Mac', async () => {
    const { code, err } = await upkeep('lab', '/tmp/nothing-here', '--fault', 'slow');
    expect(code).toBe(64);
    expect(err).toContain('--fault belongs to `upkeep lab jamf`.');
  });
});
