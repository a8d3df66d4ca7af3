// Requests of one Mac keep their distance, and wait for nothing else.
import { expect, test } from 'vitest';
import { PacedHttp } from '../../../src/adapters/mdm/paced-http.ts';
import { Secret } from '../../../src/domain/secret.ts';
import type { Http, HttpRequest } from '../../../src/ports/http.ts';
import { hastyClock } from './jamf-pro/fake-jamf.ts';

const request: HttpRequest = {
  method: 'GET',
  url: 'https://jamf.example/',
  headers: {},
  body: null,
  limits: { timeoutMs: 1_000, answerBytes: 1_000 },
};

function paced() {
  const time = hastyClock();
  const sentAt: number[] = [];
  const http: Http = {
    send: (_, signal) => {
      if (signal?.aborted) return Promise.resolve({ kind: 'failed', why: 'aborted', detail: '', maybeDone: false });
      sentAt.push(time.clock.monotonicMs());
      return Promise.resolve({
        kind: 'answer',
        answer: { status: 200, headers: {}, cookies: [], body: new Secret('') },
      });
    },
  };
  return { ...time, sentAt, http: new PacedHttp(http, time.clock, 1_000) };
}

test('the first goes at once, each other a second after the one before, also of several at once', async () => {
  const { http, sentAt } = paced();
  await Promise.all([http.send(request), http.send(request), http.send(request)]);
  await http.send(request);
  const [first = 0] = sentAt;
  expect(sentAt.map((at) => at - first)).toEqual([0, 1_000, 2_000, 3_000]);
});

test('whoever waited long enough by itself does not wait again', async () => {
  const { http, waits, pass } = paced();
  await http.send(request);
  pass(1_000);
  await http.send(request);
  expect(waits).toEqual([]);
});

test('what is taken back while it waits is not sent', async () => {
  const { http, sentAt } = paced();
  await http.send(request);
  const stop = new AbortController();
  const second = http.send(request, stop.signal);
  stop.abort();
  expect(await second).toMatchObject({ kind: 'failed', maybeDone: false });
  expect(sentAt).toHaveLength(1);
});
