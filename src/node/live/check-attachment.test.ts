// Which nodes of a lab can be outside of it, and by what.

import { describe, expect, it } from 'vitest';
import { type Lab, readLab } from '../../lab/read-lab.js';
import type { Attachment } from './attachment.js';
import { checkAttachments, usualAttachment } from './check-attachment.js';

function lab(script = ''): Lab {
  const result = readLab(
    `
name: small
topology:
  nodes:
    sw: { kind: switch }
    r: { kind: router, interfaces: { a: { ip: 10.1.0.1/24 }, b: { ip: 10.2.0.1/24 } } }
    n: { kind: nat-router, interfaces: { in: { ip: 10.2.0.2/24 }, out: { ip: 10.3.0.1/24 } }, nat: { outside: out } }
    one: { kind: host, interfaces: { eth0: { ip: 10.1.0.2/24 } } }
    two: { kind: host, interfaces: { a-very-long-name-of-a-card: { ip: 10.2.0.3/24 } } }
${script}`,
    'small.yaml',
  );
  if ('errors' in result) throw new Error(result.errors.map(({ message }) => message).join('\n'));
  return result.lab;
}

const namespace = (node: string): Attachment => ({ node, kind: 'namespace' });
const datagrams = (node: string): Attachment => ({ node, kind: 'dgram', local: 1, remote: 2 });

describe('what can be attached', () => {
  it('is a host or a router, by a namespace', () => {
    expect(() => checkAttachments([namespace('one'), namespace('r')], lab())).not.toThrow();
  });

  it.each([
    [[namespace('on')], "There is no node 'on'"],
    [[namespace('sw')], 'sw is a switch'],
    [[namespace('n')], 'n is a nat-router'],
    [[namespace('two')], 'two:a-very-long-name-of-a-card'],
    [[datagrams('r')], 'r has 2 interfaces'],
    [[namespace('one'), datagrams('one')], 'one is attached twice'],
  ])('%j is not possible', (attachments, message) => {
    expect(() => checkAttachments(attachments, lab())).toThrow(message);
  });

  it('is any name of a card where there is none', () => {
    expect(() => checkAttachments([datagrams('two')], lab())).not.toThrow();
  });

  it('is usually the node where the script begins', () => {
    expect(usualAttachment(lab())).toEqual(namespace('one'));
    const script = 'script: [{ node: r, run: ip route }, { node: two, run: arp }, { node: one, run: arp }]';
    expect(usualAttachment(lab(script))).toEqual(namespace('two'));
  });
});
