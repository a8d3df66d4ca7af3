import { MINUTE_MS } from '../../../domain/instant.ts';
import type { Http } from '../../../ports/http.ts';
import { random } from '../../random.ts';
import { onItsWay } from '../connection-faults.ts';
import { httpDate } from '../http-date.ts';
import { InProcessHttp } from '../in-process-http.ts';
import type { ManagedMac, MdmClock } from '../managed-mac.ts';
import type { Incoming, ServerAnswer } from '../messages.ts';
import { Timers } from '../timers.ts';
import { type Answer, apiError, cause, html } from './answers.ts';
import { Base, type JamfSettings } from './base.ts';
import { Computers } from './computers.ts';
import { JamfFaults } from './faults.ts';
import { Feature } from './feature.ts';
import type { Parts, Route } from './parts.ts';
import { leaveInProgress, PlanLife } from './plan-life.ts';
import { featureAnswer } from './plan-routes.ts';
import { type Plan, type PlanConfig, Plans } from './plans.ts';
import { PRIVILEGES, type Privilege, privilegeNamed } from './privileges.ts';
import type { RouteName } from './route-names.ts';
import { type Found, findRoute } from './router.ts';
import { atLeast, NEWEST_VERSION } from './server-version.ts';
import { type ApiClient, type JamfAccount, type Token, Tokens } from './tokens.ts';

/** One answered (or broken-off) request, without anything secret: what load and manners are judged by. */
export type JamfCall = { at: number; method: string; path: string; route: RouteName | null; status: number };

export type JamfOptions = Partial<JamfSettings> & {
  clock: MdmClock;
  seed?: number | string;
  featureOn?: boolean;
  /** Told of each request. */
  onCall?: (call: JamfCall) => void;
};

/**
 * A Jamf Pro server, as far as a Mac that wants an update meets it. It is one implementation behind two doors, `http` in
 * this process and a real server on the loopback (`serveOnLoopback`), and lives in the time of the clock it is given. It
 * knows nothing of who calls it.
 */
export class JamfProServer {
  readonly faults: JamfFaults;
  /** The first door. */
  readonly http: Http;
  readonly clock: Timers;
  readonly parts: Parts;
  readonly #base: Base;
  readonly #onCall: (call: JamfCall) => void;
  readonly #sessions = new Map<string, number>();
  #nextNode = 0;
  #nextAccount = 1;
  #nextRole = 1;

  constructor({ clock, seed = 1, featureOn = true, onCall = () => {}, ...settings }: JamfOptions) {
    this.clock = new Timers(clock);
    this.faults = new JamfFaults(
      () => clock.now(),
      // What happens to a server happens whether or not anybody asks it something.
      ({ from = clock.now() }) => void this.clock.after(from - clock.now(), () => this.#strikeOnce()),
    );
    this.#onCall = onCall;
    this.#base = new Base(
      {
        version: NEWEST_VERSION,
        url: 'https://jamf.example',
        latencyMs: [80, 400],
        available: { macOS: ['26.6.2', '26.6.1', '26.6', '15.7.7', '14.8.7'], iOS: ['26.6.1', '18.7.7'] },
        macName: 'OS X',
        cloud: true,
        userTokenMinutes: 30,
        switchingSeconds: 90,
        ...settings,
      },
      this.clock,
      random(`${seed}/jamf-pro`),
      this.faults,
    );
    const computers = new Computers(this.#base);
    const plans = new Plans(this.#base);
    const life = new PlanLife(this.#base, computers, plans);
    plans.onCleared((plan) => life.forget(plan));
    const feature = new Feature(this.#base, { clearPlans: () => plans.clear(), records: () => computers.size });
    feature.begin(featureOn);
    this.parts = { base: this.#base, tokens: new Tokens(this.#base), computers, feature, plans, life };
    this.http = new InProcessHttp(this.clock, this.#base.settings.url, (request) => this.handle(request));
  }

  /** An API client; its roles are one with these privileges, all that there are unless they are named. */
  addClient(client: {
    id: string;
    secret: string;
    lifetimeSeconds?: number;
    privileges?: readonly string[];
  }): ApiClient {
    const made: ApiClient = {
      id: client.id,
      secret: client.secret,
      enabled: true,
      lifetimeSeconds: client.lifetimeSeconds ?? 600,
      roles: [
        { id: this.#nextRole, name: `Role ${this.#nextRole}`, privileges: known(client.privileges ?? PRIVILEGES) },
      ],
    };
    this.#nextRole += 1;
    this.parts.tokens.clients.set(made.id, made);
    return made;
  }

  addAccount(account: { name: string; password: string; sso?: boolean; privileges?: readonly string[] }): JamfAccount {
    const made: JamfAccount = {
      id: this.#nextAccount,
      name: account.name,
      password: account.password,
      enabled: true,
      sso: account.sso ?? false,
      privileges: known(account.privileges ?? PRIVILEGES),
      refused: 0,
    };
    this.#nextAccount += 1;
    this.parts.tokens.accounts.set(made.name, made);
    return made;
  }

  /** Enrols a Mac, or enrols it anew: then its record, and so its id, is another. */
  enrol(mac: ManagedMac): { id: number; managementId: string } {
    const { id, managementId } = this.parts.computers.enrol(mac);
    return { id, managementId };
  }

  /** What `jamf recon` does on a Mac: its record is up to date. The id is what it prints; null where nobody answers. */
  recon(udid: string): number | null {
    const computer = this.parts.computers.byUdid(udid);
    if (computer === null || this.faults.standing('unreachable') !== null) return null;
    this.parts.computers.takeInventory(computer);
    return computer.id;
  }

  /** Everything that may stand in no log, argument list or store of a client. */
  secrets(): Set<string> {
    const escrowed = this.parts.computers.all().map(({ bootstrapToken }) => bootstrapToken);
    return new Set([...this.parts.tokens.secrets(), ...escrowed.filter((token) => token !== null)]);
  }

  /** Ends everything it waits for. */
  close(): void {
    this.clock.stop();
  }

  /**
   * Takes one request and says what comes of it, and when. What was asked for is done before it returns, whatever then
   * becomes of the answer.
   */
  handle(request: Incoming): ServerAnswer {
    const at = this.#base.now();
    const [method, path] = [request.method, request.path];
    if (this.faults.strikes('unreachable') !== null) {
      this.#onCall({ at, method, path, route: null, status: 0 });
      return { kind: 'unreachable' };
    }
    this.#strikeOnce();
    const found = findRoute(method, path);
    const name = found.kind === 'route' ? found.route.name : null;
    const session = this.#sessionOf(request.headers.cookie ?? '');
    const fault = name === null ? null : this.#answerOfFault(name);
    const answer = fault ?? this.#answerTo(request, found, session.node);
    this.#onCall({ at, method, path, route: name, status: answer.status });
    const on = name === null ? {} : { on: name };
    const headers = { date: httpDate(at), 'cache-control': 'no-store', ...answer.headers };
    const { settings, random } = this.#base;
    const ready = { ...answer, headers, cookies: session.cookies };
    return onItsWay(this.faults, on, ready, { latencyMs: settings.latencyMs, random });
  }

  #answerTo(request: Incoming, found: Found, node: number): Answer {
    const classic = request.path.startsWith('/JSSResource/');
    const fail = (status: number, ...errors: Parameters<typeof cause>[]): Answer =>
      classic ? html(status, 'Error') : apiError(status, ...errors.map((one) => cause(...one)));
    // The page on which people sign in.
    if (request.path === '/') return html(200, 'Jamf Pro');
    if (!classic && !request.path.startsWith('/api/')) return html(404, 'Not Found');
    const isOpen = found.kind === 'route' && found.route.open === true;
    const token = isOpen ? null : this.#tokenIn(request.headers.authorization ?? '');
    if (token === 'ended') return fail(401);
    if (token === 'unknown') return fail(401, ['INVALID_TOKEN', 'Unauthorized']);
    if (found.kind === 'nothing' || (found.kind === 'route' && !this.#exists(found.route))) return fail(404);
    if (found.kind === 'other-method') return fail(405);
    const { route, params } = found;
    const denied = this.#deniedBy(route, token);
    if (denied !== null) return fail(denied, ['INVALID_PRIVILEGE', 'Forbidden']);
    if (route.feature !== undefined && this.parts.feature.on !== (route.feature === 'on'))
      return featureAnswer(route.feature === 'on' ? 'off' : 'on');
    const answer = route.answer({
      parts: this.parts,
      params,
      query: request.query,
      headers: request.headers,
      body: request.body,
      token,
      node,
    });
    const { deprecated } = route;
    if (deprecated === undefined || this.#base.now() < Temporal.Instant.from(`${deprecated}T00:00Z`).epochMilliseconds)
      return answer;
    return { ...answer, headers: { ...answer.headers, deprecation: deprecated } };
  }

  #tokenIn(header: string): Token | 'ended' | 'unknown' {
    const [, text] = /^Bearer (\S+)$/i.exec(header) ?? [];
    return text === undefined ? 'unknown' : this.parts.tokens.look(text);
  }

  #exists({ name, path, since, until }: Route): boolean {
    const version = this.#base.version();
    if (since !== undefined && !atLeast(version, since)) return false;
    if (until !== undefined && atLeast(version, until)) return false;
    if (!name.startsWith('inventory')) return true;
    return this.faults.standing('inventory-gone', { version: Number(path.slice(6, 7)) }) === null;
  }

  /** The status to refuse with, null where the token has every privilege. Which one is missing is not said. */
  #deniedBy({ needs = [] }: Route, token: Token | null): number | null {
    for (const privilege of needs) {
      const fault = this.faults.strikes('privilege-denied', { privilege });
      if (fault !== null) return fault.status;
      if (token?.privileges.has(privilege) !== true) return 403;
    }
    return null;
  }

  #answerOfFault(on: RouteName): Answer | null {
    const limited = this.faults.strikes('rate-limited', { on });
    if (limited !== null)
      return withRetryAfter(apiError(429, cause('TOO_MANY_REQUESTS', 'Too Many Requests')), limited);
    if (this.faults.strikes('server-error', { on }) !== null) return apiError(500);
    const maintenance = this.faults.strikes('maintenance', { on });
    if (maintenance !== null) return withRetryAfter(html(503, 'Service Unavailable'), maintenance);
    const given = this.faults.strikes('status', { on });
    if (given !== null) return given.html ? html(given.status, 'Error') : apiError(given.status);
    return null;
  }

  /** Faults that happen to the server, not to a request. */
  #strikeOnce(): void {
    const { computers, plans, life } = this.parts;
    if (this.faults.strikes('re-enrolled') !== null) {
      this.faults.clear('re-enrolled');
      computers.enrolAllAnew();
    }
    if (this.faults.strikes('bootstrap-token-lost') !== null) {
      this.faults.clear('bootstrap-token-lost');
      for (const computer of computers.all()) computer.bootstrapToken = null;
    }
    const declared = this.faults.strikes('declared-by-somebody');
    if (declared !== null) {
      this.faults.clear('declared-by-somebody');
      for (const computer of computers.all()) {
        const takeBack = life.declareBeside(computer, declared.by);
        if (declared.until !== undefined) this.clock.after(declared.until - this.clock.now(), takeBack);
      }
    }
    if (this.faults.standing('plan-in-progress') === null) return;
    for (const computer of computers.all()) {
      const before = plans.of(computer).some(isSomebodys);
      const { minutes } = this.faults.standing('plan-in-progress') ?? {};
      if (plans.underWay(computer) !== null || (minutes !== undefined && before)) continue;
      this.faults.strikes('plan-in-progress');
      const plan = plans.add(computer, SOMEBODYS_PLAN, 0, true);
      leaveInProgress(plan);
      if (minutes !== undefined) this.clock.after(minutes * MINUTE_MS, () => life.giveUp(plan));
    }
  }

  /** Which node of the cluster answers: the one whose cookie comes along, else another each time. */
  #sessionOf(cookie: string): { node: number; cookies: string[] } {
    const [, text] = /(?:^|;\s*)(?:jpro-ingress|APBALANCEID)=([^;\s]+)/.exec(cookie) ?? [];
    const known = text === undefined ? undefined : this.#sessions.get(text);
    if (known !== undefined) return { node: known, cookies: [] };
    const node = this.#nextNode;
    this.#nextNode = 1 - node;
    const value = `node-${node}`;
    this.#sessions.set(value, node);
    const name = atLeast(this.#base.version(), '11.0') ? 'jpro-ingress' : 'APBALANCEID';
    return { node, cookies: [`${name}=${value}; Path=/; Secure; HttpOnly`] };
  }
}

const isSomebodys = ({ config }: Plan): boolean => config === SOMEBODYS_PLAN;

const SOMEBODYS_PLAN: PlanConfig = {
  updateAction: 'DOWNLOAD_INSTALL_RESTART',
  versionType: 'LATEST_MINOR',
  specificVersion: 'NO_SPECIFIC_VERSION',
  buildVersion: null,
  maxDeferrals: 0,
  forceInstallLocalDateTime: null,
};

function known(names: readonly string[]): Privilege[] {
  return names.map((name) => {
    const privilege = privilegeNamed(name);
    if (privilege === null) throw new Error(`there is no privilege “${name}” here`);
    return privilege;
  });
}

function withRetryAfter(answer: Answer, { retryAfter }: { retryAfter?: number | undefined }): Answer {
  return retryAfter === undefined
    ? answer
    : { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } };
}
