/** What goes over a socket of the door: one letter for its kind, the length in four bytes, the content. */
export type Frame = { kind: string; content: Buffer };

const HEAD_BYTES = 5;
/** A command line and what is typed into a tool are far smaller. */
const MOST_BYTES = 16 * 1_048_576;

export function frameOf(kind: string, content: Buffer | string = ''): Buffer {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const head = Buffer.alloc(HEAD_BYTES);
  head.write(kind, 'latin1');
  head.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

/** The numbers of a frame, each in eight bytes. */
export function numbersOf(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 8);
  for (const [place, value] of values.entries()) bytes.writeDoubleBE(value, place * 8);
  return bytes;
}

export function readNumbers(content: Buffer): number[] {
  return Array.from({ length: Math.floor(content.length / 8) }, (_, place) => content.readDoubleBE(place * 8));
}

/** The fields of a frame, each with its length in four bytes before it. */
export function readFields(content: Buffer): string[] {
  const fields: string[] = [];
  for (let place = 0; place + 4 <= content.length; ) {
    const end = place + 4 + content.readUInt32BE(place);
    fields.push(content.toString('utf8', place + 4, end));
    place = end;
  }
  return fields;
}

/** Puts together what comes over a socket in pieces; a length no one would send throws. */
export function frameReader(received: (frame: Frame) => void): (piece: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  return (piece) => {
    waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece]);
    while (waiting.length >= HEAD_BYTES) {
      const length = waiting.readUInt32BE(1);
      if (length > MOST_BYTES) throw new Error(`a frame of ${length} bytes`);
      if (waiting.length < HEAD_BYTES + length) return;
      const kind = waiting.toString('latin1', 0, 1);
      const content = waiting.subarray(HEAD_BYTES, HEAD_BYTES + length);
      waiting = waiting.subarray(HEAD_BYTES + length);
      received({ kind, content });
    }
  };
}
