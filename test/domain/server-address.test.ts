import { expect, test } from 'vitest';
import { serverAddress, wrongServerAddress } from '../../src/domain/server-address.ts';

test.each([
  ['https://jamf.example.com/', 'https://jamf.example.com'],
  ['https://jamf.example.com:8443/', 'https://jamf.example.com:8443'],
  [' https://example.com/jss// ', 'https://example.com/jss'],
])('%s is %s', (text, address) => {
  expect(serverAddress(text)).toBe(address);
  expect(wrongServerAddress(text)).toBeNull();
});

test.each([
  ['http://jamf.example.com/', /^is not https/],
  ['http://127.0.0.1:8080', /^is not https/],
  ['file:///etc/passwd', /^is not https/],
  ['https://name:word@jamf.example.com/', /^holds a name or a password/],
  ['https://jamf.example.com/?a=b', /^goes on after the path/],
  ['https://jamf.example.com/#a', /^goes on after the path/],
  ['jamf.example.com', /^is no address/],
  ['https://', /^is no address/],
  ['', /^is no address/],
])('%s is none', (text, why) => {
  expect(serverAddress(text)).toBeNull();
  expect(wrongServerAddress(text)).toMatch(why);
});
