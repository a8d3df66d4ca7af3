// A process of its own that asks the agent once, as whoever it runs as, and prints what came of it: ROOT UID KIND.
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { askAgent } from '../../../src/adapters/ipc/client.ts';
import { placesUnder } from '../../../src/adapters/places.ts';
import { readRequest } from '../../../src/domain/request.ts';

const [root = '', uid = '', kind = ''] = process.argv.slice(2);
const request = readRequest({ kind });
if (request === null) throw new Error(`no such request: ${kind}`);
try {
  const said = { id: `process-${process.pid}`, request };
  await askAgent(placesUnder(root), said, { uid: Number(uid), clock: systemClock, withinMs: 5_000 });
  process.stdout.write('kept');
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
}
