// `dig`: one question to a DNS server, and the whole answer. Reading list: dig(1).

import { formatIpv4, type Ipv4, parseIpv4 } from '../../base/address.js';
import { MINUTE, SECOND, type Time } from '../../base/time.js';
import type { Station } from '../../device/station.js';
import { Activity } from '../../service/activity.js';
import {
  DnsQuery,
  type DnsQueryAnswer,
  type DnsQueryListener,
  type DnsQueryOptions,
  type DnsTryFailure,
  formatRecords,
  type Judgement,
  tellAnswer,
} from '../../service/dns/query.js';
import { wallClock } from '../../stack/context.js';
import type { DnsQuestion } from '../../wire/dns/message.js';
import { formatName, parseName } from '../../wire/dns/name.js';
import {
  classNumber,
  DNS_CLASS,
  DNS_TYPE,
  rcodeName,
  typeName,
  typeNumber,
} from '../../wire/dns/registry.js';
import { PORT } from '../../wire/iana.js';
import { type Call, type Command, EXIT, type Stop, wrongUsage } from './command.js';
import { DIG_PARTS, type DigPart, digAnswer, digGreeting, digShort } from './dig-output.js';
import { knownHosts, resolveHost } from './host-names.js';
import { seconds, wholeNumber } from './options.js';

/** dig's exit codes besides 0 and 1. */
const NO_REPLY = 9;
const INTERNAL_ERROR = 10;

export const digCommand: Command = {
  name: 'dig',
  usage:
    'dig [@SERVER] [NAME] [TYPE] [-p PORT] [+short] [+norecurse] [+time=S] [+tries=N]\ndig [@SERVER] -x ADDRESS',
  help: 'ask a DNS server and show its whole answer',
  options:
    'Hosts file and cache are not asked. +short the data alone, +norecurse ask no others, +noedns without EDNS,\n+noall +answer the answer alone, -x the name of an address',
  isProgram: true,
  run: (call) => {
    const wanted = readArguments(call.args);
    if ('error' in wanted) return wrongUsage(call, wanted.error, EXIT.failure);
    const name = parseName(wanted.name);
    if ('error' in name) {
      call.write(`dig: '${wanted.name}' is not a legal name (${name.error})\n`);
      return INTERNAL_ERROR;
    }
    const question = { name: formatName(name.labels), type: wanted.type, class: wanted.class };
    return start(call, wanted, question);
  },
  complete: (station, before) => {
    if (before.length === 0)
      return [...station.resolver.servers.map((server) => `@${formatIpv4(server)}`), ...knownHosts(station)];
    return ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'TXT', '+short', '+norecurse'];
  },
};

interface Wanted {
  server?: string;
  name: string;
  type: number;
  class: number;
  port: number;
  edns: boolean;
  recursionDesired: boolean;
  timeout: Time;
  tries: number;
  short: boolean;
  readonly parts: Set<DigPart>;
}

function readArguments(args: readonly string[]): Wanted | { error: string } {
  const wanted: Wanted = {
    ...{ name: '', type: 0, class: DNS_CLASS.IN, port: PORT.domain, edns: true, recursionDesired: true },
    ...{ timeout: 5 * SECOND, tries: 3, short: false, parts: new Set(DIG_PARTS) },
  };
  for (let i = 0; i < args.length; i++) {
    const word = args[i] as string;
    let problem: string | undefined;
    if (word.startsWith('@') && word.length > 1) wanted.server = word.slice(1);
    else if (word.startsWith('+')) problem = readPlusOption(wanted, word.slice(1));
    else if (/^-[ptqx]/.test(word)) {
      const value = word.length > 2 ? word.slice(2) : args[++i];
      problem =
        value === undefined
          ? `option requires an argument: ${word}`
          : readDashOption(wanted, word[1] as string, value);
    } else if (word === '-4') continue;
    else if (word.startsWith('-')) problem = `Invalid option: ${word}`;
    else problem = readWord(wanted, word);
    if (problem !== undefined) return { error: problem };
  }
  // Without a name the question is who serves the root.
  if (wanted.type === 0) wanted.type = wanted.name === '' ? DNS_TYPE.NS : DNS_TYPE.A;
  if (wanted.name === '') wanted.name = '.';
  return wanted;
}

/** A bare word is a type, a class, or else the name. */
function readWord(wanted: Wanted, word: string): string | undefined {
  const type = typeNumber(word);
  const dnsClass = classNumber(word);
  if (type !== undefined && wanted.type === 0) wanted.type = type;
  else if (dnsClass !== undefined) wanted.class = dnsClass;
  else if (wanted.name === '') wanted.name = word;
  else return `'${word}' is no record type, and there is a name already: '${wanted.name}'`;
  return undefined;
}

function readDashOption(wanted: Wanted, option: string, value: string): string | undefined {
  if (option === 'q') wanted.name = value;
  else if (option === 'p') {
    const port = wholeNumber(value, 1, 65535);
    if (port === undefined) return `Couldn't parse port number '${value}'`;
    wanted.port = port;
  } else if (option === 't') {
    const type = typeNumber(value);
    if (type === undefined) return `invalid type: ${value}`;
    wanted.type = type;
  } else {
    const address = parseIpv4(value);
    if (address === undefined) return `Invalid IP address ${value}`;
    wanted.name = `${value.split('.').reverse().join('.')}.in-addr.arpa`;
    wanted.type = DNS_TYPE.PTR;
  }
  return undefined;
}

function readPlusOption(wanted: Wanted, option: string): string | undefined {
  const [typed = '', value] = option.split('=', 2);
  const on = !typed.startsWith('no');
  const name = on ? typed : typed.slice(2);
  const part = DIG_PARTS.find((candidate) => candidate === name);
  if (part !== undefined) {
    if (on) wanted.parts.add(part);
    else wanted.parts.delete(part);
    return undefined;
  }
  switch (name) {
    case 'all':
      for (const each of DIG_PARTS) if (on) wanted.parts.add(each);
      if (!on) wanted.parts.clear();
      return undefined;
    case 'short':
      wanted.short = on;
      return undefined;
    case 'rec':
    case 'recurse':
    case 'rdflag':
      wanted.recursionDesired = on;
      return undefined;
    case 'edns':
      wanted.edns = on;
      return undefined;
    case 'time':
    case 'timeout': {
      const timeout = seconds(value ?? '', SECOND, 60 * MINUTE);
      if (timeout === undefined) return `Couldn't parse timeout '${value ?? ''}'`;
      wanted.timeout = timeout;
      return undefined;
    }
    case 'tries':
    case 'retry': {
      const tries = wholeNumber(value ?? '', 0, 1000);
      if (tries === undefined) return `Couldn't parse ${name} '${value ?? ''}'`;
      wanted.tries = Math.max(1, name === 'retry' ? tries + 1 : tries);
      return undefined;
    }
    default:
      return `Invalid option: +${option}`;
  }
}

function start(call: Call<Station>, wanted: Wanted, question: DnsQuestion): Stop {
  let query: DnsQuery | undefined;
  const ask = (servers: readonly Ipv4[]): void => {
    const options: DnsQueryOptions = wanted;
    query = new DnsQuery(call.device.stack, servers, question, new DigRun(call, wanted, question), options);
    query.start();
  };
  const { servers } = call.device.resolver;
  let forget = (): void => {};
  if (wanted.server !== undefined) {
    forget = resolveHost(
      call.device,
      wanted.server,
      (address) => ask([address]),
      (why) => {
        call.write(`dig: couldn't get address for '${wanted.server}': ${why}\n`);
        call.done(EXIT.failure);
      },
    );
  } else if (servers.length > 0) ask(servers);
  else {
    call.write(';; no servers could be reached\n');
    call.write(`; ${call.device.name} has no DNS server in /etc/resolv.conf: name one with @SERVER\n`);
    call.done(NO_REPLY);
  }
  return () => {
    forget();
    query?.stop();
  };
}

const FAILURE_WORDS: Readonly<Record<DnsTryFailure, string>> = {
  TIMEOUT: 'timed out',
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRINUSE: 'address in use',
};

class DigRun implements DnsQueryListener {
  private readonly call: Call<Station>;
  private readonly wanted: Wanted;
  private readonly question: DnsQuestion;
  private readonly activity: Activity;

  constructor(call: Call<Station>, wanted: Wanted, question: DnsQuestion) {
    this.call = call;
    this.wanted = wanted;
    this.question = question;
    this.activity = new Activity(call.device.context, 'resolve', question.name, {
      type: typeName(question.type),
    });
  }

  tryFailed(server: Ipv4, why: string): void {
    const words = FAILURE_WORDS[why as DnsTryFailure] ?? why;
    this.call.write(`;; communications error to ${formatIpv4(server)}#${this.wanted.port}: ${words}\n`);
  }

  /** Whatever the server says is shown. */
  judge(): Judgement {
    return 'take';
  }

  idMismatch(expected: number, got: number): void {
    this.call.write(`;; Warning: ID mismatch: expected ID ${expected}, got ${got}\n`);
  }

  failed(why: string): void {
    this.activity.end(false, why);
    if (this.wanted.parts.has('cmd') && !this.wanted.short) this.call.write(this.greeting());
    this.call.write(';; no servers could be reached\n');
    this.call.done(NO_REPLY);
  }

  answered(answer: DnsQueryAnswer): void {
    const { call, wanted } = this;
    const { answers, rcode } = answer.message;
    tellAnswer(call.device.context, this.question, answer, answers);
    this.activity.end(true, formatRecords(answers) || rcodeName(rcode));
    if (wanted.short) {
      call.write(digShort(answer.message));
    } else {
      if (answer.unreadable > 0) call.write(';; Warning: Message parser reports malformed message packet.\n');
      if (wanted.parts.has('cmd')) call.write(this.greeting());
      const server = `${formatIpv4(answer.server)}#${wanted.port}(${wanted.server ?? formatIpv4(answer.server)})`;
      call.write(digAnswer(answer, this.question, wanted.parts, server, wallClock(call.device.context)));
    }
    call.done(EXIT.ok);
  }

  private greeting(): string {
    return digGreeting(this.call.args, this.wanted.server !== undefined);
  }
}
