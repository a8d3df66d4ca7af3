import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UpkeepError } from '../../domain/problem.ts';
import { toolClient } from './tool-client.ts';

const PERL = '/usr/bin/perl';
/** What fits into a socket's address on macOS, the end mark not counted. */
const LONGEST_SOCKET_PATH = 103;
const FOLDERS = [
  '/Library/LaunchDaemons',
  '/Library/Logs',
  '/Library/Preferences',
  '/Library/Managed Preferences',
  '/Library/Application Support',
  '/private/etc',
  '/private/var/run',
  '/private/tmp',
  '/usr/local/bin',
];
const OWN = '/private/var/virtual-mac';

/** Where the simulated Mac keeps what is its own under a root. */
export type DoorPlaces = { root: string; socket: string; clock: string; tool: string };

export function doorPlaces(root: string): DoorPlaces {
  return { root, socket: `${root}${OWN}/door.sock`, clock: `${root}${OWN}/clock`, tool: `${root}${OWN}/tool` };
}

/** Whether real programs can call the simulated tools on this computer. */
export function canBeCalled(): boolean {
  return existsSync(PERL);
}

/**
 * Lays out a Mac's folders and tools under a folder, which is made if need be; a Mac's files there stay. Returns
 * where. Throws `tool.missing` without Perl, `input.wrong` for a folder of something else or with too long a path.
 */
export function layOut(folder: string, tools: readonly string[]): DoorPlaces {
  if (!canBeCalled()) {
    throw new UpkeepError('tool.missing', `the simulated tools are Perl programs, and there is no ${PERL}.`, {
      remedy: 'Install Perl; it comes with macOS and with nearly every Linux.',
      facts: { tool: PERL },
    });
  }
  mkdirSync(folder, { recursive: true });
  const places = doorPlaces(realpathSync(folder));
  refuseForeign(places.root);
  const tooLong = Buffer.byteLength(places.socket) - LONGEST_SOCKET_PATH;
  if (tooLong > 0) {
    throw new UpkeepError('input.wrong', `${places.root} is too long for the socket in it, by ${tooLong} bytes.`, {
      remedy: 'Choose a folder with a shorter path, such as one in /tmp.',
      facts: { folder: places.root },
    });
  }
  for (const path of FOLDERS) mkdirSync(places.root + path, { recursive: true });
  mkdirSync(places.root + OWN, { recursive: true, mode: 0o755 });
  for (const name of ['etc', 'var', 'tmp']) {
    if (!existsSync(`${places.root}/${name}`)) symlinkSync(`private/${name}`, `${places.root}/${name}`);
  }
  rmSync(places.tool, { force: true });
  writeProgram(places.tool, toolClient({ perl: PERL, socket: places.socket, root: places.root, tools }));
  for (const path of tools) showTool(places, path, true);
  return places;
}

/** Tools are put over whatever lies at their paths, so a folder that is not ours, the real root above all, is refused. */
function refuseForeign(root: string): void {
  if (root !== '/' && (existsSync(root + OWN) || readdirSync(root).length === 0)) return;
  throw new UpkeepError('input.wrong', `${root} is not empty, and no simulated Mac has been in it.`, {
    remedy: 'Choose a new or empty folder.',
    facts: { folder: root },
  });
}

/** Puts a tool at its path, or takes it away. */
export function showTool(places: DoorPlaces, path: string, there: boolean): void {
  const at = places.root + path;
  rmSync(at, { force: true });
  if (!there) return;
  mkdirSync(dirname(at), { recursive: true });
  linkSync(places.tool, at);
}

/** A program under the root that becomes another one with these arguments before its own. */
export function placeProgram(places: DoorPlaces, path: string, argv: readonly string[]): void {
  const words = argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  mkdirSync(dirname(places.root + path), { recursive: true });
  rmSync(places.root + path, { force: true });
  writeProgram(places.root + path, `#!/bin/sh\nexec ${words} "$@"\n`);
}

/** What a start of the Mac empties. */
export function emptyRunFolder(places: DoorPlaces): void {
  const folder = `${places.root}/private/var/run`;
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}
