// The agent as launchd starts it, except that it may be told to die: `kill.json` under the root lists commits, and whether
// death comes before or after each. It dies by SIGKILL, once for each of them; what is left is what the disk has.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesUnder } from '../../src/adapters/places.ts';
import { agentProcess } from '../../src/cli/agent-process.ts';
import { complain } from '../../src/cli/complain.ts';
import type { Commit, Store } from '../../src/store/store.ts';
import { type DeathAtCommit, nameOf, ORDERS } from './orders.ts';

const root = process.argv[process.argv.indexOf('--root') + 1] ?? '';
const orders = join(root, ORDERS);
const io = { err: (text: string) => void process.stderr.write(text) };

function mortal(store: Store): Store {
  if (!existsSync(orders)) return store;
  const left = JSON.parse(readFileSync(orders, 'utf8')) as DeathAtCommit[];
  const dieIf = (commit: Commit, when: DeathAtCommit['when']) => {
    const at = left.findIndex(
      (one) => one.when === when && one.commit === nameOf(commit.type, commit.checkpoint.value),
    );
    if (at < 0) return;
    left.splice(at, 1);
    writeFileSync(orders, JSON.stringify(left));
    process.kill(process.pid, 'SIGKILL');
  };
  return new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      if (name !== 'commit') return value.bind(target);
      return (commit: Commit) => {
        dieIf(commit, 'before');
        const keys = target.commit(commit);
        dieIf(commit, 'after');
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
