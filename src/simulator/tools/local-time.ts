import { zoned } from '../../domain/instant.ts';
import type { Mac } from '../mac/mac.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Wed Sep 23 01:49:47 2026`, as the C library writes a time. */
export function ctime(instant: number, zone: string): string {
  const local = zoned(instant, zone);
  const day = String(local.day).padStart(2, ' ');
  return `${DAYS[local.dayOfWeek - 1]} ${MONTHS[local.month - 1]} ${day} ${hms(instant, zone)} ${local.year}`;
}

/** `2026-09-23 01:49:47`. */
export function logTime(instant: number, zone: string): string {
  return `${zoned(instant, zone).toPlainDate()} ${hms(instant, zone)}`;
}

/** `+1000`. */
export function zoneOffset(instant: number, zone: string): string {
  return zoned(instant, zone).offset.replace(':', '');
}

/** `hh:mm:ss` of a length, the hours going past 24. */
export function lengthHms(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
}

/** The line head NSLog gives what a tool complains about. */
export function nsLogHead(mac: Mac, tool: string, pid: number): string {
  const now = mac.world.wall();
  const ms = String(now % 1_000).padStart(3, '0');
  return `${logTime(now, mac.zone)}.${ms} ${tool}[${pid}:${pid * 13 + 41}]`;
}

function hms(instant: number, zone: string): string {
  const local = zoned(instant, zone);
  return [local.hour, local.minute, local.second].map(two).join(':');
}

function two(n: number): string {
  return String(n).padStart(2, '0');
}
