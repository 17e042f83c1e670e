// What `curl -w` prints: a text with %{variables} in it. Reading list: curl(1), --write-out.

import { SECOND, type Time } from '../../base/time.js';
import { type HttpResponse, header } from '../../wire/http.js';
import { responseHead } from './curl-output.js';

/** What is known of a transfer; what is missing has not come to pass. */
export interface TransferFacts {
  /** Of the last request. */
  method: string;
  /** Connections opened, and redirects followed. */
  connects: number;
  redirects: number;
  /** Points in time. */
  readonly started: Time;
  nameLookup?: Time;
  connect?: Time;
  startTransfer?: Time;
  /** As it was used last. */
  url?: string;
  local?: { readonly address: string; readonly port: number };
  remote?: { readonly address: string; readonly port: number };
  response?: HttpResponse;
  /** Bytes of body. */
  downloaded?: number;
  exitCode?: number;
  error?: string;
}

type Variable = (facts: TransferFacts, now: Time) => string | number;

const status: Variable = ({ response }) => String(response?.status ?? 0).padStart(3, '0');

const VARIABLES: Readonly<Record<string, Variable>> = {
  content_type: ({ response }) => (response === undefined ? '' : (header(response, 'Content-Type') ?? '')),
  errormsg: ({ error }) => error ?? '',
  exitcode: ({ exitCode }) => exitCode ?? 0,
  http_code: status,
  http_version: ({ response }) => response?.version.slice('HTTP/'.length) ?? '0',
  local_ip: ({ local }) => local?.address ?? '',
  local_port: ({ local }) => local?.port ?? 0,
  method: ({ method }) => method,
  num_connects: ({ connects }) => connects,
  num_headers: ({ response }) => response?.headers.length ?? 0,
  num_redirects: ({ redirects }) => redirects,
  remote_ip: ({ remote }) => remote?.address ?? '',
  remote_port: ({ remote }) => remote?.port ?? 0,
  response_code: status,
  scheme: () => 'HTTP',
  size_download: ({ downloaded }) => downloaded ?? 0,
  size_header: ({ response }) =>
    response === undefined ? 0 : responseHead(response).reduce((sum, line) => sum + line.length + 2, 2),
  time_appconnect: () => secondsText(0),
  time_connect: (facts) => since(facts, facts.connect),
  time_namelookup: (facts) => since(facts, facts.nameLookup),
  time_pretransfer: (facts) => since(facts, facts.connect),
  time_starttransfer: (facts) => since(facts, facts.startTransfer),
  time_total: (facts, now) => since(facts, now),
  url: ({ url }) => url ?? '',
  url_effective: ({ url }) => url ?? '',
};

const ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\t': '\t', '%%': '%' };

/** Fills in a format; unknown variables become nothing and are told of behind it. */
export function writeOutVariables(format: string, facts: TransferFacts, now: Time): string {
  let complaints = '';
  const text = format.replace(/%\{([^}]*)\}|\\[nrt]|%%/g, (found, name: string | undefined) => {
    if (name === undefined) return ESCAPES[found] ?? found;
    const variable = Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : undefined;
    if (variable === undefined) complaints += `curl: unknown --write-out variable: '${name}'\n`;
    return variable === undefined ? '' : String(variable(facts, now));
  });
  return text + complaints;
}

function since({ started }: TransferFacts, time: Time | undefined): string {
  return secondsText(time === undefined ? 0 : time - started);
}

/** Seconds with six decimals. */
function secondsText(time: Time): string {
  return (time / SECOND).toFixed(6);
}
