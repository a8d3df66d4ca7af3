// What goes over the wire between NanoMDM or KMFDDM and whoever asks them, written from what is published about both, not from
// any code here: a client’s requests and a server’s answers are both held against it. Strict where the description is
// definite, loose where it is not.
import { parse } from 'plist';
import { z } from 'zod';
import type { WireAnswer, WireRequest } from './jamf-schema.ts';

const UDID = /^[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const moment = z.iso.datetime({ offset: true });

// ── Apple’s ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const updateCommand = z.strictObject({
  CommandUUID: z.string().regex(UDID),
  Command: z.strictObject({
    RequestType: z.literal('ScheduleOSUpdate'),
    Updates: z.tuple([
      z
        .strictObject({
          ProductKey: z.string().min(1).optional(),
          ProductVersion: z
            .string()
            .regex(/^\d+(?:\.\d+){0,2}$/)
            .optional(),
          InstallAction: z.enum([
            'Default',
            'DownloadOnly',
            'NotifyOnly',
            'InstallASAP',
            'InstallLater',
            'InstallForceRestart',
          ]),
          MaxUserDeferrals: z.int().optional(),
          Priority: z.enum(['Low', 'High']).optional(),
        })
        .refine((one) => one.ProductKey !== undefined || one.ProductVersion !== undefined, 'it names no update')
        .refine(
          (one) => one.MaxUserDeferrals === undefined || one.InstallAction === 'InstallLater',
          'no such deferrals',
        ),
    ]),
  }),
});

const identifier = z.string().min(1).max(255);
const declaration = z.discriminatedUnion('Type', [
  z.strictObject({
    Type: z.literal('com.apple.configuration.softwareupdate.enforcement.specific'),
    Identifier: identifier,
    Payload: z.strictObject({
      TargetOSVersion: z.string().regex(/^\d+(?:\.\d+){1,2}$/),
      TargetBuildVersion: z
        .string()
        .regex(/^\d+[A-Z]\d+[a-z]?$/)
        .optional(),
      TargetLocalDateTime: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
      DetailsURL: z.url().optional(),
    }),
  }),
  z.strictObject({
    Type: z.literal('com.apple.activation.simple'),
    Identifier: identifier,
    Payload: z.strictObject({ StandardConfigurations: z.array(identifier).min(1), Predicate: z.string().optional() }),
  }),
  z.strictObject({
    Type: z.literal('com.apple.configuration.management.status-subscriptions'),
    Identifier: identifier,
    Payload: z.strictObject({
      StatusItems: z
        .array(
          z.strictObject({
            Name: z.enum([
              'device.operating-system.version',
              'device.operating-system.build-version',
              'softwareupdate.install-state',
              'softwareupdate.install-reason',
              'softwareupdate.failure-reason',
              'softwareupdate.pending-version',
              'softwareupdate.device-id',
              'softwareupdate.beta-enrollment',
            ]),
          }),
        )
        .min(1),
    }),
  }),
]);

// ── Answers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

const result = z.strictObject({
  status: z
    .record(
      z.string(),
      z.strictObject({
        push_result: z.string().optional(),
        push_error: z.string().optional(),
        command_error: z.string().optional(),
      }),
    )
    .optional(),
  no_push: z.boolean().optional(),
  push_error: z.string().optional(),
  command_error: z.string().optional(),
  command_uuid: z.string().optional(),
  request_type: z.string().optional(),
});
type Result = z.output<typeof result>;
const errorsIn = ({ status = {}, push_error: push, command_error: command }: Result) => ({
  whole: push !== undefined || command !== undefined,
  each: Object.values(status).map((one) => one.push_error !== undefined || one.command_error !== undefined),
});
/** 200 all well, 207 some, 500 none. */
const well = result.refine((one) => !errorsIn(one).whole && !errorsIn(one).each.includes(true), 'an error with 200');
const some = result.refine((one) => errorsIn(one).each.includes(true), 'no error with 207');
const none = result.refine((one) => errorsIn(one).whole || !errorsIn(one).each.includes(false), 'a success with 500');

const error = z.strictObject({ error: z.string().min(1) });
const names = z.array(z.string()).nullable();
const ofEach = <T extends z.ZodType>(one: T) => z.record(z.string(), z.array(one));
const stored = z.strictObject({
  Type: z.string(),
  Identifier: identifier,
  Payload: z.record(z.string(), z.unknown()),
  ServerToken: z.string().min(1),
});
const verdicts = ofEach(
  z.strictObject({
    identifier,
    active: z.boolean(),
    valid: z.enum(['valid', 'invalid', 'unknown']),
    'server-token': z.string(),
    current: z.boolean(),
    status_received: moment,
    reasons: z.unknown().optional(),
    status_id: z.string().optional(),
  }),
);
const values = ofEach(
  z.strictObject({
    path: z.string().startsWith('.StatusItems.'),
    value: z.string(),
    timestamp: moment,
    status_id: z.string().optional(),
  }),
);
const errors = ofEach(z.looseObject({ path: z.string(), error: z.unknown(), timestamp: moment }));
const report = z.looseObject({ StatusItems: z.record(z.string(), z.unknown()) });

// ── Calls ────────────────────────────────────────────────────────────────────────────────────────────────────────────

type Rule = {
  method: string | null;
  path: RegExp;
  by: 'nobody' | 'basic';
  query?: readonly string[];
  needed?: string;
  body?: 'plist' | z.ZodType;
  /** `empty`: no body. */
  good: Readonly<Record<number, z.ZodType | 'empty'>>;
  bad?: Readonly<Record<number, z.ZodType>>;
};

const read = (path: RegExp, schema: z.ZodType, more: Partial<Rule> = {}): Rule => ({
  method: 'GET',
  path,
  by: 'basic',
  good: { 200: schema },
  bad: { 400: error, 500: error },
  ...more,
});
/** Which of 204 and 304 means what depends on whom one asks. */
const change = (method: string, path: RegExp, more: Partial<Rule> = {}): Rule => ({
  method,
  path,
  by: 'basic',
  query: ['nonotify'],
  good: { 204: 'empty', 304: 'empty' },
  bad: { 400: error, 404: error, 500: error },
  ...more,
});

const RULES: readonly Rule[] = [
  { method: 'GET', path: /^\/version$/, by: 'nobody', good: { 200: z.strictObject({ version: z.string() }) } },
  { method: null, path: /^\/v1\/push\/[^/]+$/, by: 'basic', good: { 200: well, 207: some }, bad: { 500: none } },
  {
    method: 'PUT',
    path: /^\/v1\/enqueue\/[^/]+$/,
    by: 'basic',
    query: ['nopush'],
    body: 'plist',
    good: { 200: well, 207: some },
    bad: { 500: none },
  },
  read(/^\/v1\/declarations$/, z.array(z.string())),
  change('PUT', /^\/v1\/declarations$/, { body: declaration }),
  read(/^\/v1\/declarations\/[^/]+$/, stored, { bad: { 404: error, 500: error } }),
  change('DELETE', /^\/v1\/declarations\/[^/]+$/),
  change('POST', /^\/v1\/declarations\/[^/]+\/touch$/),
  read(/^\/v1\/sets$/, names),
  read(/^\/v1\/set-declarations\/[^/]+$/, names),
  change('PUT', /^\/v1\/set-declarations\/[^/]+$/, { query: ['nonotify', 'declaration'], needed: 'declaration' }),
  change('DELETE', /^\/v1\/set-declarations\/[^/]+$/, { query: ['nonotify', 'declaration'], needed: 'declaration' }),
  read(/^\/v1\/enrollment-sets\/[^/]+$/, names),
  change('PUT', /^\/v1\/enrollment-sets\/[^/]+$/, { query: ['nonotify', 'set'], needed: 'set' }),
  change('DELETE', /^\/v1\/enrollment-sets\/[^/]+$/, { query: ['nonotify', 'set'], needed: 'set' }),
  read(/^\/v1\/declaration-sets\/[^/]+$/, names),
  read(/^\/v1\/declaration-status\/[^/]+$/, verdicts),
  read(/^\/v1\/status-values\/[^/]+$/, values, { query: ['prefix'] }),
  read(/^\/v1\/status-errors\/[^/]+$/, errors),
  read(/^\/v1\/status-report\/[^/]+$/, report, { query: ['index', 'status_id'], bad: { 404: error, 500: error } }),
  {
    method: 'POST',
    path: /^\/v1\/notify$/,
    by: 'basic',
    query: ['declaration', 'set', 'id'],
    good: { 204: 'empty' },
    bad: { 500: error },
  },
];

/** What is wrong with a request, to whichever of the two. */
export function nanoRequestFlaws(request: WireRequest): string[] {
  const { rule, path, query } = placeOf(request);
  if (rule === undefined) return [`there is no call ${request.method} ${path}`];
  const flaws = [...new Set(query.keys())]
    .filter((name) => !(rule.query ?? []).includes(name))
    .map((name) => `there is no parameter ${name}`);
  if (rule.needed !== undefined && !query.get(rule.needed)) flaws.push(`${rule.needed} is missing`);
  const basic = /^Basic ([A-Za-z0-9+/]+={0,2})$/.exec(request.headers.authorization ?? '')?.[1];
  if (rule.by === 'basic' && basic === undefined) flaws.push('the authorization is none of Basic');
  if (basic !== undefined && !/^[^:]+:./.test(Buffer.from(basic, 'base64').toString('utf8')))
    flaws.push('the authorization is no name and key');
  const ids = /^\/v1\/(?:push|enqueue|enrollment-sets|declaration-status|status-\w+)\/([^/]+)$/.exec(path)?.[1];
  if (ids?.split(',').some((id) => !UDID.test(id))) flaws.push('the id is no UDID');
  if (rule.body === undefined) return request.body === '' ? flaws : [...flaws, 'this call takes no body'];
  if (rule.body === 'plist') return [...flaws, ...issuesOf(updateCommand, plistIn(request.body))];
  return [...flaws, ...issuesOf(rule.body, jsonIn(request.body))];
}

/** What is wrong with an answer to this request. Pages of others, and empty refusals, are part of life and no flaw. */
export function nanoAnswerFlaws(request: WireRequest, { status, headers, body }: WireAnswer): string[] {
  const { rule } = placeOf(request);
  const type = headers['content-type'] ?? '';
  const schema = rule?.good[status];
  if (schema === 'empty') return body === '' ? [] : [`${status} has a body`];
  if (schema !== undefined) return type.startsWith('application/json') ? issuesOf(schema, jsonIn(body)) : ['no JSON'];
  if (status < 400) return [`${status} is no answer of this call`];
  if (body === '' || !type.startsWith('application/json')) return [];
  const bad = rule?.bad?.[status];
  return bad === undefined ? [`${status} in JSON is no answer of this call`] : issuesOf(bad, jsonIn(body));
}

function placeOf({ method, url }: WireRequest) {
  const { pathname, searchParams } = new URL(url, 'https://server.example');
  const rule = RULES.find((one) => (one.method === null || one.method === method) && one.path.test(pathname));
  return { rule, path: pathname, query: searchParams };
}

const issuesOf = (schema: z.ZodType, value: unknown): string[] =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

function jsonIn(held: string): unknown {
  try {
    return JSON.parse(held) as unknown;
  } catch {
    return undefined;
  }
}

function plistIn(held: string): unknown {
  try {
    return parse(held);
  } catch {
    return undefined;
  }
}
