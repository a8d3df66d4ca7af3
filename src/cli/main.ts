#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { runCli } from './run-cli.ts';

/** Ends quietly when whoever reads our output has read enough (`upkeep … | head`). */
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 74));

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const noColour = process.env.NO_COLOR !== undefined && process.env.NO_COLOR !== '';
  process.exitCode = await runCli(process.argv.slice(2), {
    out: (words) => process.stdout.write(words),
    err: (words) => process.stderr.write(words),
    outIsTerminal: process.stdout.isTTY === true,
    errIsTerminal: process.stderr.isTTY === true,
    colour: process.stdout.isTTY === true && !noColour,
    stdin: () => text(process.stdin),
  });
}
