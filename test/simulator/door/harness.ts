import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'plist';
import { onTestFinished } from 'vitest';
import { canBeCalled } from '../../../src/simulator/door/layout.ts';
import { MacUnderRoot, type MacUnderRootOptions } from '../../../src/simulator/door/mac-under-root.ts';
import { type MacSpecInput, readMacSpec } from '../../../src/simulator/mac/mac-spec.ts';
import { MONDAY_NINE, PASSWORD } from '../harness.ts';

/** In the names of tests that are skipped. */
export const NEEDS_PERL = canBeCalled() ? '' : ' (skipped: there is no /usr/bin/perl)';
export const withoutPerl = !canBeCalled();

export function temporaryFolder(): string {
  // Kept short: a socket's path must fit into 103 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'vm-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A booted Mac under a root of its own; with the test it ends, and its folder is gone. */
export async function bootedMac(
  options: Partial<Omit<MacUnderRootOptions, 'root' | 'spec'>> & { spec?: MacSpecInput; boot?: boolean } = {},
): Promise<MacUnderRoot> {
  const read = readMacSpec({ password: PASSWORD, ...options.spec });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const root = temporaryFolder();
  const mac = new MacUnderRoot({ start: MONDAY_NINE, time: 'eager', ...options, root, spec: read.spec });
  onTestFinished(() => mac.shutDown());
  if (options.boot !== false) await mac.boot();
  return mac;
}

/** Writes a job's property list into LaunchDaemons and returns its path. */
export function writeJob(mac: MacUnderRoot, label: string, keys: Record<string, unknown>): string {
  const path = `${mac.root}/Library/LaunchDaemons/${label}.plist`;
  writeFileSync(path, build({ Label: label, ...keys } as Parameters<typeof build>[0]));
  return path;
}

/** A job that runs a line of shell. */
export function shell(line: string): Record<string, unknown> {
  return { ProgramArguments: ['/bin/sh', '-c', line] };
}

/** launchctl on that Mac. */
export function launchctl(mac: MacUnderRoot, ...args: string[]) {
  return mac.run([`${mac.root}/bin/launchctl`, ...args]);
}
