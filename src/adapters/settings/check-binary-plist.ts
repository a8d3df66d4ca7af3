import type { UpkeepError } from '../../domain/problem.ts';

/**
 * Throws what `refuse` makes of it when a binary property list is not sound enough to be decoded. The decoder follows references wherever they lead: a
 * list that contains itself never ends, and thirty small lists that each name the next one ten times fill the memory.
 * Both fit into a few hundred bytes, so the references are walked here first, adding up what they would unfold to.
 */
export function checkBinaryPlist(bytes: Uint8Array, refuse: (what: string) => UpkeepError): void {
  if (bytes.length < HEADER_BYTES + TRAILER_BYTES) throw refuse('it is cut short');
  const trailer = bytes.length - TRAILER_BYTES;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offsetBytes = view.getUint8(trailer + 6);
  const referenceBytes = view.getUint8(trailer + 7);
  const objectCount = Number(view.getBigUint64(trailer + 8));
  const topObject = Number(view.getBigUint64(trailer + 16));
  const tableStart = Number(view.getBigUint64(trailer + 24));
  const fits = WIDTHS.has(offsetBytes) && WIDTHS.has(referenceBytes) && objectCount > 0 && objectCount <= MOST_OBJECTS;
  if (!fits || topObject >= objectCount || tableStart + objectCount * offsetBytes > trailer) {
    throw refuse('its table of contents is broken');
  }

  const number = (at: number, width: number): number => {
    let value = 0;
    for (let index = at; index < at + width; index += 1) value = value * 256 + (bytes[index] ?? 0);
    return value;
  };
  const unfolded = new Map<number, number>();

  /** How much an object unfolds to: its values, and the bytes of texts and data, which can share their place too. */
  const unfold = (object: number, depth: number): number => {
    const done = unfolded.get(object);
    if (done !== undefined) return done;
    if (object >= objectCount) throw refuse('it refers to something that is not in it');
    if (depth > DEEPEST) throw refuse(`it has more than ${DEEPEST} levels or contains itself`);
    const at = number(tableStart + object * offsetBytes, offsetBytes);
    if (at < HEADER_BYTES || at >= tableStart) throw refuse('it refers to a place outside itself');
    const { kind, count, start } = headAt(at);
    const width = ELEMENT_BYTES[kind];
    const bytesLong = width === undefined ? count * (kind === DICTIONARY ? 2 : 1) * referenceBytes : count * width;
    if (start + bytesLong > tableStart) throw refuse('a value reaches past its end');
    let total = width === undefined ? 1 : 1 + bytesLong;
    if (width === undefined) {
      const references = kind === DICTIONARY ? count * 2 : count;
      for (let nth = 0; nth < references; nth += 1) {
        const child = number(start + nth * referenceBytes, referenceBytes);
        total += unfold(child, depth + 1);
        if (total > MOST_UNFOLDED) throw refuse('it unfolds to far more than it is long');
      }
      if (kind === DICTIONARY) checkKeys(start, count);
    }
    unfolded.set(object, total);
    return total;
  };

  /** The kind of object at a place, how many elements it has and where they begin. */
  const headAt = (at: number): { kind: number; count: number; start: number } => {
    const marker = bytes[at] ?? 0;
    const kind = marker >> 4;
    const low = marker & 0x0f;
    if (kind === SIMPLE && low !== 8 && low !== 9) throw refuse('it holds a value that settings cannot have');
    if (kind === SIMPLE) return { kind, count: 0, start: at + 1 };
    // Numbers and dates give their length as a power of two.
    if (kind === INTEGER || kind === REAL || kind === DATE) {
      const lengthOk = kind === INTEGER ? low <= 4 : kind === REAL ? low === 2 || low === 3 : low === 3;
      if (!lengthOk) throw refuse('it holds a number of an unknown size');
      return { kind, count: 2 ** low, start: at + 1 };
    }
    if (!COUNTED.has(kind)) throw refuse('it holds a value that settings cannot have');
    if (low !== 0x0f) return { kind, count: low, start: at + 1 };
    const countMarker = bytes[at + 1] ?? 0;
    if (countMarker >> 4 !== INTEGER || (countMarker & 0x0f) > 3)
      throw refuse('it holds a length that is not a number');
    const countBytes = 2 ** (countMarker & 0x0f);
    return { kind, count: number(at + 2, countBytes), start: at + 2 + countBytes };
  };

  /** Keys are texts, each given once; of two equal ones the decoder would silently keep the last. */
  const checkKeys = (start: number, count: number): void => {
    const keys = new Set<string>();
    for (let nth = 0; nth < count; nth += 1) {
      const key = number(start + nth * referenceBytes, referenceBytes);
      const head = headAt(number(tableStart + key * offsetBytes, offsetBytes));
      if (head.kind !== ASCII && head.kind !== UTF16) throw refuse('a key in it is not text');
      if (head.count > LONGEST_KEY) throw refuse('a key in it is far too long');
      const raw = bytes.subarray(head.start, head.start + head.count * (head.kind === UTF16 ? 2 : 1));
      const text = new TextDecoder(head.kind === UTF16 ? 'utf-16be' : 'utf-8').decode(raw);
      if (text === '__proto__') throw refuse('"__proto__" is not a key');
      if (keys.has(text)) throw refuse(`the key ${JSON.stringify(text.slice(0, 40))} is in one dictionary twice`);
      keys.add(text);
    }
  };

  unfold(topObject, 0);
}

const HEADER_BYTES = 8;
const TRAILER_BYTES = 32;
const WIDTHS = new Set([1, 2, 3, 4, 8]);
const MOST_OBJECTS = 32_768;
const MOST_UNFOLDED = 8_388_608;
const LONGEST_KEY = 255;
const DEEPEST = 32;

const SIMPLE = 0x0;
const INTEGER = 0x1;
const REAL = 0x2;
const DATE = 0x3;
const DATA = 0x4;
const ASCII = 0x5;
const UTF16 = 0x6;
const ARRAY = 0xa;
const DICTIONARY = 0xd;
const COUNTED = new Set([DATA, ASCII, UTF16, ARRAY, DICTIONARY]);
/** Bytes per element where the elements stand in place; arrays and dictionaries hold references instead. */
const ELEMENT_BYTES: Partial<Record<number, number>> = {
  [SIMPLE]: 0,
  [INTEGER]: 1,
  [REAL]: 1,
  [DATE]: 1,
  [DATA]: 1,
  [ASCII]: 1,
  [UTF16]: 2,
};
