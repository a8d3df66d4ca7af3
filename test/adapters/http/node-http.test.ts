// The real HTTP client against real servers on the loopback: every way an exchange can go wrong, and what must never
// happen, such as following a redirect or telling a secret.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server, setGlobalProxyFromEnv } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/clock/system-clock.ts';
import { NodeHttp } from '../../../src/adapters/http/node-http.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { HttpRequest, HttpResult } from '../../../src/ports/http.ts';
import { canary } from '../../support/canary.ts';
import { canaryIn } from '../../support/watch/marks.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const TOKEN = canary('token');
const BODY = canary('body');
const http = new NodeHttp(systemClock);
const limits = { timeoutMs: 10_000, answerBytes: 100_000 };
const get = (url: string, rest: Partial<HttpRequest> = {}): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  body: null,
  limits,
  ...rest,
});

const listening = (server: { listen(port: number, host: string, done: () => void): unknown }): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  await listening(server);
  return `http://127.0.0.1:${portOf(server)}`;
}

/** A server that speaks in raw bytes, so that it can speak wrongly. */
async function serveRaw(talk: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server = createSocketServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    socket.once('data', () => talk(socket));
  });
  open.push({
    close: () => {
      for (const each of sockets) each.destroy();
      server.close();
    },
  });
  await listening(server);
  return `127.0.0.1:${portOf(server)}`;
}

function answered(result: HttpResult) {
  if (result.kind !== 'answer') throw new Error(`failed: ${result.why}, ${result.detail}`);
  const { status, headers, cookies, body } = result.answer;
  return { status, headers, cookies, body: body.expose((text) => text) };
}

describe('an answer', () => {
  test('comes with its status, headers in lower case, cookies apart, and the body', async () => {
    const url = await serve((_, answer) => {
      answer.writeHead(401, { 'X-Some': 'Thing', 'Set-Cookie': ['a=1; Path=/', 'b=2'] });
      answer.end('no');
    });
    const { headers, ...rest } = answered(await http.send(get(`${url}/x`)));
    expect(rest).toEqual({ status: 401, cookies: ['a=1; Path=/', 'b=2'], body: 'no' });
    expect(headers['x-some']).toBe('Thing');
    expect(headers).not.toHaveProperty('set-cookie');
  });

  test('of a page is an answer like any other', async () => {
    const url = await serve((_, answer) => answer.writeHead(503).end('<html>down</html>'));
    expect(answered(await http.send(get(url)))).toMatchObject({ status: 503, body: '<html>down</html>' });
  });

  test('that redirects is not followed', async () => {
    const asked: string[] = [];
    const url = await serve((request, answer) => {
      asked.push(request.url ?? '');
      answer.writeHead(302, { location: '/elsewhere' }).end();
    });
    expect(answered(await http.send(get(`${url}/here`))).status).toBe(302);
    expect(asked).toEqual(['/here']);
  });

  test('to a body with secrets: they are revealed to the server, and to nobody else', async () => {
    let got = '';
    const url = await serve((request, answer) => {
      request.on('data', (piece) => {
        got += piece;
      });
      request.on('end', () => answer.end(`${request.headers.authorization}`));
    });
    const headers = { authorization: ['Bearer ', new Secret(TOKEN)] };
    const result = await http.send(get(url, { method: 'POST', headers, body: ['a=', new Secret(BODY)] }));
    expect({ got, answer: answered(result).body }).toEqual({ got: `a=${BODY}`, answer: `Bearer ${TOKEN}` });
    expect(canaryIn(inspect(result, { depth: 9 }) + JSON.stringify(result))).toBeNull();
  });
});

describe('what is not sent', () => {
  test.each([
    'http://jamf.example.com/',
    'http://127.0.0.1.example.com/',
    'ftp://127.0.0.1/',
    'file:///etc/passwd',
    'https://name:word@127.0.0.1/',
    'nonsense',
  ])('anything to %s', async (url) => {
    expect(await http.send(get(url))).toMatchObject({ kind: 'failed', why: 'unreachable', maybeDone: false });
  });

  test('a header that is none, and its failure does not tell it', async () => {
    let asked = 0;
    const url = await serve((_, answer) => {
      asked += 1;
      answer.end();
    });
    const result = await http.send(
      get(url, { headers: { authorization: ['Bearer ', new Secret(canary('header', (it) => `${it}\r\nx: y`))] } }),
    );
    expect(result).toMatchObject({ kind: 'failed', maybeDone: false });
    expect(canaryIn(inspect(result, { depth: 9 }))).toBeNull();
    expect(asked).toBe(0);
  });

  test('anything that was taken back before', async () => {
    const url = await serve((_, answer) => answer.end());
    expect(await http.send(get(url), AbortSignal.abort())).toMatchObject({ why: 'aborted', maybeDone: false });
  });

  test('anything through a proxy, whatever the environment says', async () => {
    const proxy = await serve((_, answer) => answer.end('from the proxy'));
    const url = await serve((_, answer) => answer.end('from the server'));
    // As Node does at its start where `NODE_USE_ENV_PROXY` is set.
    const restore = setGlobalProxyFromEnv({ http_proxy: proxy, https_proxy: proxy });
    expect(await (await fetch(url)).text()).toBe('from the proxy');
    expect(answered(await new NodeHttp(systemClock).send(get(url))).body).toBe('from the server');
    restore();
  });
});

describe('what fails', () => {
  const silent = { timeoutMs: 100, answerBytes: 1000 };

  test('a name that nobody knows: it never left', async () => {
    const result = await http.send(get('https://no-such-host.invalid/'));
    expect(result).toMatchObject({ why: 'unreachable', maybeDone: false });
    expect(result).toHaveProperty(
      'detail',
      expect.stringMatching(/no-such-host\.invalid is not known \((?:ENOTFOUND|EAI_AGAIN)\)/),
    );
  });

  test('nobody listening: it never left', async () => {
    const url = await serve(() => {});
    for (const each of open.splice(0)) each.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const detail = '127.0.0.1 refuses connections (ECONNREFUSED)';
    expect(await http.send(get(url))).toEqual({ kind: 'failed', why: 'unreachable', detail, maybeDone: false });
  });

  test('a server that never answers', async () => {
    const url = await serve(() => {});
    const detail = 'it did not answer within 0.1 s';
    expect(await http.send(get(url, { limits: silent }))).toMatchObject({ why: 'timeout', detail, maybeDone: true });
  });

  test('a body that never ends: the limit counts for the whole exchange', async () => {
    const url = await serve((_, answer) => {
      answer.writeHead(200);
      const drip = setInterval(() => answer.write('.'), 10);
      answer.on('close', () => clearInterval(drip));
    });
    expect(await http.send(get(url, { limits: silent }))).toMatchObject({ why: 'timeout', maybeDone: true });
  });

  test('an answer larger than allowed is not read to its end', async () => {
    let sent = 0;
    const url = await serve((_, answer) => {
      const more = (): void => {
        while (!answer.destroyed && sent < 400_000_000) {
          sent += 65_536;
          if (!answer.write(Buffer.alloc(65_536))) return;
        }
      };
      answer.on('drain', more);
      more();
    });
    expect(await http.send(get(url))).toMatchObject({ why: 'too-large', maybeDone: true });
    expect(sent).toBeLessThan(100_000_000);
  });

  test.each([
    ['before the answer', (socket: Socket) => socket.destroy()],
    ['within the answer', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
    ['by what is no HTTP', (socket: Socket) => socket.end('SSH-2.0-OpenSSH_9\r\n\r\n')],
  ])('a connection that breaks %s: the server may have acted', async (_, talk) => {
    const host = await serveRaw(talk);
    expect(await http.send(get(`http://${host}/`, { method: 'POST', body: 'x' }))).toMatchObject({
      kind: 'failed',
      why: 'cut-off',
      maybeDone: true,
    });
  });

  test('an exchange that is taken back', async () => {
    const url = await serve(() => stop.abort());
    const stop = new AbortController();
    expect(await http.send(get(url), stop.signal)).toMatchObject({ why: 'aborted', maybeDone: true });
  });

  test('a server without TLS where TLS is wanted', async () => {
    const host = await serveRaw((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await http.send(get(`https://${host}/`))).toMatchObject({ kind: 'failed', why: 'tls' });
  });
});

const openssl = hasOpenssl();
if (!openssl) process.stderr.write('\nSKIPPED certificates: openssl is not here to make one\n');
describe.skipIf(!openssl)('certificates', () => {
  const folder = mkdtempSync(join(tmpdir(), 'upkeep-tls-'));
  let server: Server;
  let url: string;
  let host: number;
  let certificate: string;

  beforeAll(async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const kind = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    execFileSync('openssl', [...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    certificate = readFileSync(cert, 'utf8');
    server = createSecureServer({ key: readFileSync(key), cert: certificate }, (_, answer) => answer.end('safe'));
    await listening(server);
    host = portOf(server);
    url = `https://localhost:${host}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  test('one that nobody vouches for is refused, and nothing was sent', async () => {
    const detail = 'the certificate of localhost is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)';
    expect(await http.send(get(url))).toEqual({ kind: 'failed', why: 'tls', detail, maybeDone: false });
  });

  test('one that the Mac trusts is trusted, and only for its own host', async () => {
    const trusting = new NodeHttp(systemClock, { systemCertificates: () => [certificate] });
    expect(answered(await trusting.send(get(url))).body).toBe('safe');
    const other = await trusting.send(get(`https://127.0.0.1:${host}`));
    expect(other).toMatchObject({ why: 'tls', maybeDone: false });
    expect(other).toHaveProperty('detail', expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'));
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
