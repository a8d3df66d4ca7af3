import { HOUR_MS } from '../../domain/instant.ts';
import { readLogStream } from '../unified-log/read-stream.ts';
import { defineCommand } from './command.ts';
import { argumentsOf } from './user-session.ts';

const LOG = '/usr/bin/log';

const MDM = 'subsystem == "com.apple.ManagedClient" AND category == "HTTPUtil"';
const PROGRESS = 'process == "softwareupdated" AND composedMessage CONTAINS "Reported progress"';

/** One stream for both, so that what the Mac is told and what it does come in one order. It ends with whoever reads it. */
export const streamLog = defineCommand({
  name: 'log.stream',
  tool: LOG,
  summary: 'What the Mac and its MDM server say to each other, and how far softwareupdated is, as it happens.',
  privilege: 'root',
  effect: 'probe',
  recovery: 'probe',
  secret: 'none',
  limits: { timeoutMs: 6 * HOUR_MS, silenceMs: null, outputBytes: 20_000_000 },
  example: undefined,
  build: (_: undefined) => ({
    args: ['stream', '--style', 'ndjson', '--predicate', `(${MDM}) OR (${PROGRESS})`],
    stdin: null,
  }),
  recognise: (argv) => argumentsOf(argv, LOG)?.[0] === 'stream',
  read: readLogStream,
  // It never ends by itself; being stopped is how it ends.
  settled: () => true,
});
