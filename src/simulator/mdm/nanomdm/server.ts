import { timingSafeEqual } from 'node:crypto';
import type { Http } from '../../../ports/http.ts';
import { random } from '../../random.ts';
import { onItsWay } from '../connection-faults.ts';
import { httpDate } from '../http-date.ts';
import { InProcessHttp } from '../in-process-http.ts';
import type { Declaration, ManagedMac, MdmClock, QueuedCommand } from '../managed-mac.ts';
import type { Incoming, ServerAnswer } from '../messages.ts';
import { Timers } from '../timers.ts';
import { type Answer, empty, error, html, indented, json, text } from './answers.ts';
import { commandIn } from './command-text.ts';
import { DeclarationStore } from './declaration-store.ts';
import { type CommandResult, type Enrollment, Enrollments } from './enrollments.ts';
import { NanoFaults } from './faults.ts';
import type { RouteName } from './route-names.ts';

/** One answered (or broken-off) request, without anything secret. */
export type NanoCall = { at: number; method: string; path: string; route: RouteName | null; status: number };

export type NanoOptions = {
  clock: MdmClock;
  /** The key of both, as the password of Basic. */
  apiKey: string;
  /** The names that each wants with it; a broker in front of both has others, or one. */
  names?: { nanomdm: string; kmfddm: string };
  url?: string;
  version?: string;
  latencyMs?: readonly [number, number];
  seed?: number | string;
  onCall?: (call: NanoCall) => void;
  /** The webhook. */
  onResult?: (result: CommandResult) => void;
};

/**
 * NanoMDM and KMFDDM behind one address, as far as a Mac that wants an update meets them. One implementation behind two doors,
 * `http` in this process and a real server on the loopback (`serveOnLoopback`), in the time of the clock it is given. It knows
 * nothing of who calls it.
 */
export class NanoMdmServer {
  readonly faults: NanoFaults;
  readonly http: Http;
  readonly clock: Timers;
  readonly declarations = new DeclarationStore();
  readonly enrollments: Enrollments;
  readonly #options: Required<Omit<NanoOptions, 'clock' | 'seed'>>;
  readonly #random: ReturnType<typeof random>;

  constructor({ clock, seed = 1, ...options }: NanoOptions) {
    this.clock = new Timers(clock);
    this.faults = new NanoFaults(() => clock.now());
    this.#random = random(`${seed}/nanomdm`);
    this.#options = {
      names: { nanomdm: 'nanomdm', kmfddm: 'kmfddm' },
      url: 'https://mdm.example',
      version: 'v0.8.0',
      latencyMs: [30, 200],
      onCall: () => {},
      onResult: () => {},
      ...options,
    };
    this.enrollments = new Enrollments({
      now: () => clock.now(),
      faults: this.faults,
      declarationsFor: (udid) => this.declarations.for(udid),
      onResult: (result) => this.#options.onResult(result),
    });
    this.http = new InProcessHttp(this.clock, this.#options.url, (request) => this.handle(request));
  }

  /** Its id is its UDID. */
  enrol(mac: ManagedMac): void {
    this.enrollments.enrol(mac);
  }

  /** Queues a command for a Mac and has it notified, as somebody else's tool would. */
  send(udid: string, command: QueuedCommand): void {
    const enrollment = this.enrollments.enqueue(udid, command);
    if (enrollment !== null) this.enrollments.push(enrollment);
  }

  /** Everything that may stand in no log, argument list or store of a client. */
  secrets(): Set<string> {
    const tokens = this.enrollments.all().flatMap(({ bootstrapToken }) => bootstrapToken ?? []);
    return new Set([this.#options.apiKey, ...tokens]);
  }

  close(): void {
    this.clock.stop();
  }

  handle(request: Incoming): ServerAnswer {
    const { method, path } = request;
    const at = this.clock.now();
    if (this.faults.strikes('unreachable') !== null) {
      this.#options.onCall({ at, method, path, route: null, status: 0 });
      return { kind: 'unreachable' };
    }
    if (this.faults.strikes('declarations-lost') !== null) {
      this.faults.clear('declarations-lost');
      this.declarations.clear();
    }
    const found = this.#find(method, path);
    const on = found === null || typeof found === 'number' ? {} : { on: found.route.name };
    const answer = this.#answerOfFault(on) ?? this.#answerTo(request, found);
    this.#options.onCall({ at, method, path, route: on.on ?? null, status: answer.status });
    const headers = { date: httpDate(at), ...answer.headers };
    const { latencyMs } = this.#options;
    return onItsWay(this.faults, on, { ...answer, headers, cookies: [] }, { latencyMs, random: this.#random });
  }

  #find(method: string, path: string): { route: Route; id: string } | 404 | 405 {
    let other = false;
    for (const route of ROUTES) {
      const match = route.path.exec(path);
      if (match === null) continue;
      if (route.methods === null || route.methods.includes(method)) return { route, id: decoded(match[1] ?? '') };
      other = true;
    }
    return other ? 405 : 404;
  }

  #answerTo(request: Incoming, found: { route: Route; id: string } | 404 | 405): Answer {
    if (typeof found === 'number') return text(found, found === 404 ? '404 page not found' : 'Method Not Allowed');
    const { route, id } = found;
    if (route.by === 'kmfddm' && this.faults.strikes('kmfddm-absent') !== null) return text(404, '404 page not found');
    if (route.by !== null && !this.#letsIn(route.by, request.headers.authorization ?? '')) {
      const realm = { 'www-authenticate': `Basic realm="${route.by}"` };
      return route.by === 'nanomdm'
        ? { ...empty(401), headers: realm }
        : { ...text(401, 'Unauthorized'), headers: realm };
    }
    if (route.path.source.includes('([') && id === '') return error(400, 'empty resource ID');
    return route.answer({ server: this, id, query: request.query, body: request.body });
  }

  #letsIn(by: 'nanomdm' | 'kmfddm', header: string): boolean {
    const fault = this.faults.strikes('unauthorized', { by }) ?? this.faults.strikes('unauthorized', { by: undefined });
    if (fault !== null) return false;
    const wanted = Buffer.from(
      `Basic ${Buffer.from(`${this.#options.names[by]}:${this.#options.apiKey}`).toString('base64')}`,
    );
    const given = Buffer.from(header);
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  }

  #answerOfFault(on: { on?: RouteName }): Answer | null {
    const limited = this.faults.strikes('rate-limited', on);
    if (limited !== null) {
      const { retryAfter } = limited;
      const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      return { ...empty(429), headers };
    }
    if (this.faults.strikes('server-error', on) !== null) return text(500, 'Internal Server Error');
    const given = this.faults.strikes('status', on);
    if (given === null) return null;
    return given.html ? html(given.status) : empty(given.status);
  }

  // ── NanoMDM ────────────────────────────────────────────────────────────────────────────────────────────────────────

  versionAnswer(): Answer {
    return json(200, { version: this.#options.version });
  }

  pushTo(ids: string): Answer {
    return this.#toEach(ids, (enrollment) => this.#pushed(enrollment), {});
  }

  enqueue(ids: string, body: string, noPush: boolean): Answer {
    const command = commandIn(body);
    if (command === null) return indented(500, { command_error: 'decoding command: it is none' });
    if (this.faults.strikes('command-error') !== null) return indented(500, { command_error: 'storage: it is full' });
    // One that the storage cannot take it for, and it is queued for nobody.
    if (ids.split(',').some((id) => this.enrollments.get(id) === null))
      return indented(500, { command_error: 'storage: there is no such enrollment' });
    const head = { command_uuid: command.CommandUUID, request_type: command.Command.RequestType };
    const taken = ids.split(',').map((id) => this.enrollments.enqueue(id, command));
    if (taken.includes(null)) return indented(500, { ...head, command_error: 'storage: there is such a command' });
    if (noPush) return indented(200, { no_push: true, ...head });
    return this.#toEach(ids, (enrollment) => this.#pushed(enrollment), head);
  }

  #pushed(enrollment: Enrollment | null): { push_result: string } | { push_error: string } {
    if (enrollment === null) return { push_error: 'push data missing for id' };
    if (!this.enrollments.push(enrollment)) return { push_error: 'Apple did not take it' };
    return { push_result: this.#uuid() };
  }

  #toEach(
    ids: string,
    push: (enrollment: Enrollment | null) => { push_result: string } | { push_error: string },
    head: object,
  ): Answer {
    const all = ids.split(',').map((id) => [id, push(this.enrollments.get(id))] as const);
    const failed = all.filter(([, one]) => 'push_error' in one).length;
    if (this.faults.strikes('partial') !== null)
      return indented(207, {
        status: Object.fromEntries(all.map(([id]) => [id, { push_error: 'Apple did not take it' }])),
        ...head,
      });
    const status = failed === 0 ? 200 : failed < all.length ? 207 : 500;
    return indented(status, { status: Object.fromEntries(all), ...head });
  }

  #uuid(): string {
    let hex = '';
    for (let place = 0; place < 32; place += 1) hex += this.#random.whole(0, 15).toString(16);
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-9$4-$5').toUpperCase();
  }

  // ── KMFDDM ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  putDeclaration(body: string, notify: boolean): Answer {
    const read = declarationIn(body);
    if (read === null) return error(400, 'invalid declaration');
    return this.changed(this.declarations.put(read), notify, () => this.#seeing([read.Identifier], [], []));
  }

  /**
   * 204 where something changed and 304 where nothing did, as its source has it; its document says the reverse, which is a
   * fault here.
   */
  changed(changed: boolean, notify: boolean, whom: () => string[]): Answer {
    if (changed && notify && !this.notify(whom())) return error(500, 'notify: the command was not taken');
    const isReversed = this.faults.standing('codes-reversed') !== null;
    return empty(changed === isReversed ? 304 : 204);
  }

  notified({ query }: Pick<Asked, 'query'>): Answer {
    const whom = this.#seeing(query.getAll('declaration'), query.getAll('set'), query.getAll('id'));
    return this.notify(whom) ? empty(204) : error(500, 'notify: the command was not taken');
  }

  /** Has these Macs look at their declarations: a command of NanoMDM's. */
  notify(ids: readonly string[]): boolean {
    const all = ids.map((id) =>
      this.enrollments.enqueue(id, { CommandUUID: this.#uuid(), Command: { RequestType: 'DeclarativeManagement' } }),
    );
    for (const enrollment of all) if (enrollment !== null) this.enrollments.push(enrollment);
    return !all.includes(null);
  }

  #seeing(declarations: readonly string[], sets: readonly string[], ids: readonly string[]): string[] {
    const all = [...sets, ...declarations.flatMap((id) => this.declarations.setsWith(id))];
    return [...new Set([...ids, ...all.flatMap((set) => this.declarations.enrollmentsWith(set))])];
  }

  linked({ id, query }: Asked, kind: 'set' | 'enrollment', on: boolean): Answer {
    const member = query.get(kind === 'set' ? 'declaration' : 'set') ?? '';
    if (member === '') return error(500, kind === 'set' ? 'empty declaration' : 'empty set name');
    if (kind === 'set' && on && this.declarations.get(member) === null)
      return error(500, 'there is no such declaration');
    const changed = this.declarations.link(kind, id, member, on);
    return this.changed(changed, mayNotify(query), () =>
      kind === 'set' ? this.declarations.enrollmentsWith(id) : [id],
    );
  }

  statuses(ids: string): Answer {
    return this.#ofEach(ids, ({ udid, declared }) => {
      const current = this.declarations.for(udid);
      return (declared?.all ?? []).map((one) => ({
        ...one,
        current: current.some((it) => it.Identifier === one.identifier && it.ServerToken === one['server-token']),
        status_received: goTime(declared?.at ?? 0),
        status_id: `${declared?.at ?? 0}`,
      }));
    });
  }

  values(ids: string): Answer {
    return this.#ofEach(ids, ({ values }) =>
      values.map(({ path, value, at }) => ({ path, value, timestamp: goTime(at), status_id: `${at}` })),
    );
  }

  errors(ids: string): Answer {
    return this.#ofEach(ids, ({ errors }) =>
      errors.slice(-10).map(({ path, error: told, at }) => ({ path, error: told, timestamp: goTime(at) })),
    );
  }

  /** An enrolment that nothing is known of is left out. */
  #ofEach(ids: string, of: (enrollment: Enrollment) => object[]): Answer {
    const all = ids.split(',').map((id) => {
      const enrollment = this.enrollments.get(id);
      return [id, enrollment === null ? [] : of(enrollment)] as const;
    });
    return json(200, Object.fromEntries(all.filter(([, list]) => list.length > 0)));
  }
}

type Asked = { server: NanoMdmServer; id: string; query: URLSearchParams; body: string };
type Route = {
  name: RouteName;
  /** Null: any, for the server does not look at it. */
  methods: readonly string[] | null;
  path: RegExp;
  /** Whose key it wants; null for nobody's. */
  by: 'nanomdm' | 'kmfddm' | null;
  answer: (asked: Asked) => Answer;
};

const nano = (name: RouteName, methods: Route['methods'], path: RegExp, answer: Route['answer']): Route => ({
  name,
  methods,
  path,
  by: 'nanomdm',
  answer,
});
const ddm = (name: RouteName, method: string, path: RegExp, answer: Route['answer']): Route => ({
  name,
  methods: [method],
  path,
  by: 'kmfddm',
  answer,
});

const ROUTES: readonly Route[] = [
  { name: 'version', methods: null, path: /^\/version$/, by: null, answer: ({ server }) => server.versionAnswer() },
  nano('push', null, /^\/v1\/push\/([^/]*)$/, ({ server, id }) => server.pushTo(id)),
  nano('enqueue', null, /^\/v1\/enqueue\/([^/]*)$/, ({ server, id, body, query }) =>
    server.enqueue(id, body, (query.get('nopush') ?? '') !== ''),
  ),
  ddm('declarations', 'GET', /^\/v1\/declarations$/, ({ server }) => json(200, server.declarations.ids())),
  ddm('declaration-put', 'PUT', /^\/v1\/declarations$/, ({ server, body, query }) =>
    server.putDeclaration(body, mayNotify(query)),
  ),
  ddm('declaration', 'GET', /^\/v1\/declarations\/([^/]*)$/, ({ server, id }) => {
    const found = server.declarations.get(id);
    return found === null ? error(404, 'declaration not found') : json(200, found);
  }),
  ddm('declaration-delete', 'DELETE', /^\/v1\/declarations\/([^/]*)$/, ({ server, id }) => {
    const gone = server.declarations.delete(id);
    return gone === 'in a set' ? error(500, 'declaration is in a set') : server.changed(gone, false, () => []);
  }),
  ddm('declaration-touch', 'POST', /^\/v1\/declarations\/([^/]*)\/touch$/, ({ server, id, query }) => {
    if (!server.declarations.touch(id)) return error(404, 'declaration not found');
    if (mayNotify(query)) server.notified({ query: new URLSearchParams({ declaration: id }) });
    return empty(204);
  }),
  ddm('sets', 'GET', /^\/v1\/sets$/, ({ server }) => json(200, listOrNull(server.declarations.sets()))),
  ddm('set-declarations', 'GET', /^\/v1\/set-declarations\/([^/]*)$/, ({ server, id }) =>
    json(200, listOrNull(server.declarations.inSet(id))),
  ),
  ddm('set-declarations-put', 'PUT', /^\/v1\/set-declarations\/([^/]*)$/, (asked) =>
    asked.server.linked(asked, 'set', true),
  ),
  ddm('set-declarations-delete', 'DELETE', /^\/v1\/set-declarations\/([^/]*)$/, (asked) =>
    asked.server.linked(asked, 'set', false),
  ),
  ddm('enrollment-sets', 'GET', /^\/v1\/enrollment-sets\/([^/]*)$/, ({ server, id }) =>
    json(200, listOrNull(server.declarations.setsOf(id))),
  ),
  ddm('enrollment-sets-put', 'PUT', /^\/v1\/enrollment-sets\/([^/]*)$/, (asked) =>
    asked.server.linked(asked, 'enrollment', true),
  ),
  ddm('enrollment-sets-delete', 'DELETE', /^\/v1\/enrollment-sets\/([^/]*)$/, (asked) =>
    asked.server.linked(asked, 'enrollment', false),
  ),
  ddm('declaration-sets', 'GET', /^\/v1\/declaration-sets\/([^/]*)$/, ({ server, id }) =>
    json(200, listOrNull(server.declarations.setsWith(id))),
  ),
  ddm('declaration-status', 'GET', /^\/v1\/declaration-status\/([^/]*)$/, ({ server, id }) => server.statuses(id)),
  ddm('status-values', 'GET', /^\/v1\/status-values\/([^/]*)$/, ({ server, id }) => server.values(id)),
  ddm('status-errors', 'GET', /^\/v1\/status-errors\/([^/]*)$/, ({ server, id }) => server.errors(id)),
  ddm('status-report', 'GET', /^\/v1\/status-report\/([^/]*)$/, ({ server, id }) => {
    const report = server.enrollments.get(id)?.lastReport ?? null;
    return report === null ? error(404, 'there is no status report') : json(200, report);
  }),
  ddm('notify', 'POST', /^\/v1\/notify$/, ({ server, query }) => server.notified({ query })),
];

/** An empty list of Go's is null in its JSON. */
const listOrNull = (list: string[]): string[] | null => (list.length === 0 ? null : list);

const mayNotify = (query: URLSearchParams): boolean =>
  ['', '0', 'false', 'no', 'off'].includes((query.get('nonotify') ?? '').toLowerCase());

function declarationIn(body: string): Omit<Declaration, 'ServerToken'> | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== 'object' || value === null) return null;
    const { Type, Identifier, Payload } = value as Record<string, unknown>;
    if (typeof Type !== 'string' || !Type.startsWith('com.apple.') || typeof Identifier !== 'string') return null;
    if (Identifier === '' || typeof Payload !== 'object' || Payload === null || Array.isArray(Payload)) return null;
    return { Type, Identifier, Payload: Payload as Record<string, unknown> };
  } catch {
    return null;
  }
}

const goTime = (at: number): string => Temporal.Instant.fromEpochMilliseconds(at).toString();

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
