// The agent as launchd starts it, except that it may be told to die: `kill.json` under the root names one commit, and
// whether death comes before or after it. It dies by SIGKILL, once; what is left is what the disk has.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { placesUnder } from '../../src/adapters/places.ts';
import { agentProcess } from '../../src/cli/agent-process.ts';
import { complain } from '../../src/cli/complain.ts';
import type { Store } from '../../src/store/store.ts';

const root = process.argv[process.argv.indexOf('--root') + 1] ?? '';
const order = join(root, 'kill.json');
const io = { err: (text: string) => void process.stderr.write(text) };

function mortal(store: Store): Store {
  if (!existsSync(order)) return store;
  const { seq, when } = JSON.parse(readFileSync(order, 'utf8')) as { seq: number; when: 'before' | 'after' };
  let last = store.journal().at(-1)?.seq ?? 0;
  const die = () => {
    rmSync(order);
    process.kill(process.pid, 'SIGKILL');
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== 'commit') return value.bind(target);
      return (commit: Parameters<Store['commit']>[0]) => {
        last += 1;
        if (last === seq && when === 'before') die();
        const keys = target.commit(commit);
        if (last === seq) die();
        return keys;
      };
    },
  });
}

try {
  await agentProcess(placesUnder(root), io, { storeAs: mortal });
  process.exit(0);
} catch (error) {
  process.exit(complain(error, io));
}
