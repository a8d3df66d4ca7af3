import type { Answer } from './answers.ts';
import type { Base } from './base.ts';
import type { Computers } from './computers.ts';
import type { Feature } from './feature.ts';
import type { PlanLife } from './plan-life.ts';
import type { Plans } from './plans.ts';
import type { Privilege } from './privileges.ts';
import type { RouteName } from './route-names.ts';
import type { Token, Tokens } from './tokens.ts';

/** The server as a route sees it. */
export type Parts = {
  base: Base;
  tokens: Tokens;
  computers: Computers;
  feature: Feature;
  plans: Plans;
  life: PlanLife;
};

export type Call = {
  parts: Parts;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Null on calls that need none. */
  token: Token | null;
  /** The node of the cluster that answers. */
  node: number;
};

export type Route = {
  name: RouteName;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** `{name}` stands for one part of the path. */
  path: string;
  /** A caller needs a token unless it says otherwise. */
  open?: true;
  needs?: readonly Privilege[];
  /** The server's version from which on it is there, and from which on no more. */
  since?: string;
  until?: string;
  /** Answers 503 unless the plans feature is so. */
  feature?: 'on' | 'off';
  /** The day from which on an answer says that the call is deprecated. */
  deprecated?: string;
  answer: (call: Call) => Answer;
};
