// A DNS message as dig prints it. Reading list: dig(1), RFC 1035 §4.

import { MILLISECOND, type Time } from '../../base/time.js';
import { type DnsMessage, type DnsQuestion, fullRcode } from '../../wire/dns/message.js';
import { className, opcodeName, rcodeName, typeName } from '../../wire/dns/registry.js';
import { formatData, formatRecord, formatZoneName } from '../../wire/dns/zone-text.js';
import { formatHttpDate } from '../../wire/http-caching.js';

/** What can be left out with `+nostats` and the like. */
export const DIG_PARTS = [
  'cmd',
  'comments',
  'question',
  'answer',
  'authority',
  'additional',
  'stats',
] as const;
export type DigPart = (typeof DIG_PARTS)[number];

/** The answer, and how it came. */
export interface AnswerFacts {
  readonly message: DnsMessage;
  /** From question to answer, in ns. */
  readonly time: Time;
  /** Bytes of the message. */
  readonly size: number;
  /** Bytes at its end that could not be read. */
  readonly unreadable: number;
}

/** The lines that repeat the command. */
export function digGreeting(args: readonly string[], serverGiven: boolean): string {
  const found = serverGiven ? '; (1 server found)\n' : '';
  return `\n; <<>> DiG 9.18 (wirewalk) <<>> ${args.join(' ')}\n${found};; global options: +cmd\n`;
}

/** The data of the answer's records, one per line. */
export function digShort(message: DnsMessage): string {
  return message.answers.map((record) => `${formatData(record.data, record.type)}\n`).join('');
}

/**
 * Everything below the greeting.
 * @param server `192.0.2.53#53(ns.example.org)`
 * @param now seconds since 1970-01-01 UTC
 */
export function digAnswer(
  facts: AnswerFacts,
  question: DnsQuestion,
  parts: ReadonlySet<DigPart>,
  server: string,
  now: number,
): string {
  const { message } = facts;
  const comments = parts.has('comments');
  let text = comments ? header(facts, question.name) : '';
  const opt = message.additionals.find(({ data }) => data.kind === 'OPT');
  if (comments && opt !== undefined) text += `;; OPT PSEUDOSECTION:\n${formatRecord(opt)}\n`;
  if (parts.has('question') && message.questions.length > 0) {
    text += section('QUESTION', comments, message.questions.map(questionLine));
  }
  const sections = [
    ['answer', 'ANSWER', message.answers],
    ['authority', 'AUTHORITY', message.authorities],
    ['additional', 'ADDITIONAL', message.additionals.filter(({ data }) => data.kind !== 'OPT')],
  ] as const;
  for (const [part, title, records] of sections) {
    if (parts.has(part) && records.length > 0) text += section(title, comments, records.map(formatRecord));
  }
  if (parts.has('stats')) {
    text += `;; Query time: ${Math.round(facts.time / MILLISECOND)} msec\n;; SERVER: ${server} (UDP)\n`;
    text += `;; WHEN: ${whenText(now)}\n;; MSG SIZE  rcvd: ${facts.size}\n\n`;
  }
  return text;
}

function header({ message, unreadable }: AnswerFacts, name: string): string {
  const { questions, answers, authorities, additionals } = message;
  const flags = [
    ...(message.response ? ['qr'] : []),
    ...(message.authoritative ? ['aa'] : []),
    ...(message.truncated ? ['tc'] : []),
    ...(message.recursionDesired ? ['rd'] : []),
    ...(message.recursionAvailable ? ['ra'] : []),
    ...(message.authenticData ? ['ad'] : []),
    ...(message.checkingDisabled ? ['cd'] : []),
  ].join(' ');
  const mustBeZero = message.reserved === 0 ? '' : '; MBZ: 0x4';
  let text = ';; Got answer:\n';
  text += `;; ->>HEADER<<- opcode: ${opcodeName(message.opcode)}, status: ${rcodeName(fullRcode(message))}, id: ${message.id}\n`;
  text += `;; flags: ${flags}${mustBeZero}; QUERY: ${questions.length}, ANSWER: ${answers.length}, AUTHORITY: ${authorities.length}, ADDITIONAL: ${additionals.length}\n`;
  if (message.recursionDesired && !message.recursionAvailable) {
    text += ';; WARNING: recursion requested but not available\n';
  }
  if (unreadable > 0) text += `;; WARNING: Message has ${unreadable} extra bytes at end\n`;
  if (message.truncated)
    text += `;; WARNING: the answer about ${formatZoneName(name)} was cut; TCP is not tried here\n`;
  return `${text}\n`;
}

function section(title: string, titled: boolean, lines: readonly string[]): string {
  return `${titled ? `;; ${title} SECTION:\n` : ''}${lines.join('\n')}\n${titled ? '\n' : ''}`;
}

/** The columns of a record without its time to live. */
function questionLine(question: DnsQuestion): string {
  let line = formatZoneName(question.name);
  let column = line.length;
  for (const [cell, wanted] of [
    [className(question.class), 32],
    [typeName(question.type), 40],
  ] as const) {
    const target = Math.max(wanted, column + 1);
    const tabs = Math.floor(target / 8) - Math.floor(column / 8);
    line += tabs > 0 ? '\t'.repeat(tabs) + ' '.repeat(target % 8) : ' '.repeat(target - column);
    line += cell;
    column = target + cell.length;
  }
  return `;${line}`;
}

/** `Fri Nov 20 23:49:22 UTC 2026` */
function whenText(now: number): string {
  const [weekday = '', day = '', month = '', year = '', clock = ''] = formatHttpDate(now).split(' ');
  return `${weekday.slice(0, 3)} ${month} ${day} ${clock} UTC ${year}`;
}
