import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MdmClock } from './managed-mac.ts';
import type { Incoming, ServerAnswer } from './messages.ts';

/** A server of this folder, behind its doors. */
export type SimulatedServer = { clock: MdmClock; handle(request: Incoming): ServerAnswer };

/** No request of these APIs comes near it. */
const MOST_BYTES = 1_048_576;

/** The second door: real requests on this computer’s loopback, and nowhere else. Rejects where the port is taken. */
export async function serveOnLoopback(
  server: SimulatedServer,
  port: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const listener = createServer((request, response) => {
    void respond(server, request, response);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(port, '127.0.0.1', resolve);
  });
  const { port: given } = listener.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${given}`,
    close: () =>
      new Promise((resolve) => {
        listener.close(() => resolve());
        listener.closeAllConnections();
      }),
  };
}

async function respond(server: SimulatedServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A request that was not read to its end has no socket any more.
  const { socket } = request;
  const incoming = await read(request);
  if (incoming === null) {
    socket.destroy();
    return;
  }
  const answer = server.handle(incoming);
  if (answer.kind === 'unreachable') socket.destroy();
  else if (answer.afterMs === 0) give(answer, request, response);
  else {
    const cancel = server.clock.after(answer.afterMs, () => give(answer, request, response));
    response.once('close', cancel);
  }
}

function give(
  answer: Exclude<ServerAnswer, { kind: 'unreachable' }>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (answer.kind === 'lost') {
    request.socket.destroy();
    return;
  }
  const body = Buffer.from(answer.body);
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  // Without TLS a cookie that is only for TLS would never come back.
  const cookies = answer.cookies.map((cookie) => cookie.replace('; Secure', ''));
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const isWhole = answer.kind === 'answer';
  if (answer.status !== 204) response.setHeader('content-length', isWhole ? body.length : body.length + 1);
  response.writeHead(answer.status);
  if (isWhole) response.end(body);
  else response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.destroy());
}

/** Null where the body is too large or never came to its end. */
async function read(request: IncomingMessage): Promise<Incoming | null> {
  const pieces: Buffer[] = [];
  let total = 0;
  try {
    for await (const piece of request as AsyncIterable<Buffer>) {
      total += piece.length;
      if (total > MOST_BYTES) return null;
      pieces.push(piece);
    }
  } catch {
    return null;
  }
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat().join(', ')]);
  return {
    method: request.method ?? '',
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(headers),
    body: Buffer.concat(pieces).toString('utf8'),
  };
}
