// A process that writes numbered lines to a rotating log and says on its output which of them are written, until it is
// killed or has written as many as it was told: FOLDER NAME FIRST COUNT ROTATES FILES BYTES.
import { writeSync } from 'node:fs';
import { rotatingFile } from '../../../src/adapters/log/rotating-file.ts';

const [folder = '', name = '', first = '0', count = '0', rotates = 'no', files = '5', bytes = '4000'] =
  process.argv.slice(2);
const sink = rotatingFile(folder, {
  rotates: rotates === 'yes',
  limits: { files: Number(files), bytes: Number(bytes) },
});
for (let number = Number(first); number < Number(first) + Number(count); number += 1) {
  // Of every length, so that lines lie across every kind of boundary.
  const filling = 'x'.repeat((number * 37) % 400);
  if (sink.write(JSON.stringify({ name, number, filling, end: true }))) writeSync(1, `${number}\n`);
}
