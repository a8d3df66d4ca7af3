// Who asks servers: a real Mac does, and a simulated one never reaches a real network.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { placesUnder } from '../../src/adapters/places.ts';
import { httpOf } from '../../src/cli/http-of.ts';

test('on this Mac a request goes to the server that it names', async () => {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url}`);
    answer.writeHead(403).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const limits = { timeoutMs: 10_000, answerBytes: 1_000 };
    const result = await httpOf(placesUnder(''))?.send({ method: 'HEAD', url, headers: {}, body: null, limits });
    expect([result, asked]).toMatchObject([{ kind: 'answer', answer: { status: 403 } }, ['HEAD /']]);
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('for a simulated Mac there is nothing that could ask', () => {
  expect(httpOf(placesUnder('/private/tmp/mac'))).toBeNull();
});
