// URLs: as people type them, and references as RFC 3986 §5.4 resolves them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../base/address.js';
import { formatUrl, parseUrl, resolveUrl, type Url, urlAuthority, urlOrigin, urlTarget } from './url.js';

const url = (text: string) => {
  const parsed = parseUrl(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
};
const text = (result: ReturnType<typeof parseUrl>) => ('error' in result ? result : formatUrl(result));

describe('what a person types', () => {
  it.each([
    ['www.example.org', 'http://www.example.org/'],
    ['  https://example.org  ', 'https://example.org/'],
    ['HTTP://WWW.Example.ORG:80/Path', 'http://www.example.org/Path'],
    ['example.org:8080', 'http://example.org:8080/'],
    ['example.org:8080/a?b', 'http://example.org:8080/a?b'],
    ['localhost:3000?x', 'http://localhost:3000/?x'],
    ['//example.org/x', 'http://example.org/x'],
    ['https://example.org:80', 'https://example.org:80/'],
    ['https://example.org:443/', 'https://example.org/'],
    ['http://example.org:/', 'http://example.org/'],
    ['http://example.org./', 'http://example.org/'],
    ['http://192.0.2.1/', 'http://192.0.2.1/'],
    ['http://example.org?', 'http://example.org/?'],
    ['http://example.org/a?b?c#d?e', 'http://example.org/a?b?c'],
    ['http://example.org#a/b', 'http://example.org/'],
    ['http://example.org/a/./b/../c', 'http://example.org/a/c'],
    ['http://example.org/../../a/..', 'http://example.org/'],
    ['http://example.org/%7Ea/%2e?%41', 'http://example.org/%7Ea/%2e?%41'],
    ['example.org/über uns?q=ä"', 'http://example.org/%C3%BCber%20uns?q=%C3%A4%22'],
  ])('%s is %s', (typed, meant) => {
    expect(text(parseUrl(typed))).toBe(meant);
  });

  it('has its parts', () => {
    const host = 'www.example.org';
    expect(parseUrl('www.example.org')).toEqual({
      scheme: 'http',
      host,
      address: undefined,
      port: 80,
      path: '/',
      query: undefined,
    });
    const parsed = url('https://192.0.2.1:8443/a?b=c');
    expect(parsed).toMatchObject({ address: parseIpv4('192.0.2.1'), port: 8443, path: '/a', query: 'b=c' });
    expect(urlOrigin(parsed)).toBe('https://192.0.2.1:8443');
    expect(urlAuthority(parsed)).toBe('192.0.2.1:8443');
    expect(urlTarget(parsed)).toBe('/a?b=c');
  });

  it.each([
    ['', 'empty'],
    ['http://', 'no host'],
    ['http:///path', 'no host'],
    ['http://:80/', 'no host'],
    ['ftp://example.org/', '"ftp:" is not http: or https:'],
    ['mailto:someone@example.org', '"mailto:" is not'],
    ['http:example.org', 'must be followed by //'],
    ['http://someone@example.org/', 'user name'],
    ['someone:secret@example.org', 'not http: or https:'],
    ['http://someone:secret@example.org/', 'user name'],
    ['http://example.org:0/', '"0" is no port'],
    ['http://example.org:65536/', '"65536" is no port'],
    ['http://example.org:8a/', '"8a" is no port'],
    ['http://example.org:-1/', '"-1" is no port'],
    ['http://[2001:db8::1]/', 'IPv6'],
    ['http://192.0.2.256/', '"192.0.2.256" is no IPv4 address'],
    ['http://192.0.2/', 'no IPv4 address'],
    ['http://3221225985/', 'no IPv4 address'],
    ['http://exa mple.org/', 'no host name'],
    ['http://exa_mple.org/', 'no host name'],
    ['http://ex%61mple.org/', 'no host name'],
    ['http://bücher.example/', 'xn--'],
    ['http://-a.org/', 'no host name'],
    ['http://a..org/', 'no host name'],
    ['http://example.org/%', '"%" is no percent'],
    ['http://example.org/%4', '"%4" is no percent'],
    ['http://example.org/?a=%zz', '"%zz" is no percent'],
  ])('refuses "%s"', (typed, reason) => {
    expect(parseUrl(typed)).toEqual({ error: expect.stringContaining(reason) });
  });

  it('never throws, and its own text is a fixed point', () => {
    const parts = fc.array(
      fc.constantFrom(
        'http',
        'https',
        ':',
        '//',
        '/',
        '..',
        '.',
        '?',
        '#',
        '%41',
        '%',
        'a',
        'org',
        '80',
        '@',
        '[',
        'ü',
        ' ',
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          parts.map((all) => all.join('')),
          fc.webUrl(),
        ),
        (typed) => {
          const parsed = parseUrl(typed);
          if ('error' in parsed) return;
          expect(parseUrl(formatUrl(parsed))).toEqual(parsed);
          expect(resolveUrl(parsed, formatUrl(parsed))).toEqual(parsed);
          expect(resolveUrl(parsed, '')).toEqual(parsed);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('references (RFC 3986 §5.4)', () => {
  // The host of the RFC's base, `a`, is a host name too.
  const base: Url = url('http://a/b/c/d;p?q');

  it.each([
    ['g', 'http://a/b/c/g'],
    ['./g', 'http://a/b/c/g'],
    ['g/', 'http://a/b/c/g/'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g/'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['g?y', 'http://a/b/c/g?y'],
    ['#s', 'http://a/b/c/d;p?q'],
    ['g#s', 'http://a/b/c/g'],
    ['g?y#s', 'http://a/b/c/g?y'],
    [';x', 'http://a/b/c/;x'],
    ['g;x', 'http://a/b/c/g;x'],
    ['g;x?y#s', 'http://a/b/c/g;x?y'],
    ['', 'http://a/b/c/d;p?q'],
    ['.', 'http://a/b/c/'],
    ['./', 'http://a/b/c/'],
    ['..', 'http://a/b/'],
    ['../', 'http://a/b/'],
    ['../g', 'http://a/b/g'],
    ['../..', 'http://a/'],
    ['../../', 'http://a/'],
    ['../../g', 'http://a/g'],
  ])('§5.4.1: "%s" is %s', (reference, target) => {
    expect(text(resolveUrl(base, reference))).toBe(target);
  });

  it.each([
    ['../../../g', 'http://a/g'],
    ['../../../../g', 'http://a/g'],
    ['/./g', 'http://a/g'],
    ['/../g', 'http://a/g'],
    ['g.', 'http://a/b/c/g.'],
    ['.g', 'http://a/b/c/.g'],
    ['g..', 'http://a/b/c/g..'],
    ['..g', 'http://a/b/c/..g'],
    ['./../g', 'http://a/b/g'],
    ['./g/.', 'http://a/b/c/g/'],
    ['g/./h', 'http://a/b/c/g/h'],
    ['g/../h', 'http://a/b/c/h'],
    ['g;x=1/./y', 'http://a/b/c/g;x=1/y'],
    ['g;x=1/../y', 'http://a/b/c/y'],
    ['g?y/./x', 'http://a/b/c/g?y/./x'],
    ['g?y/../x', 'http://a/b/c/g?y/../x'],
    ['g#s/./x', 'http://a/b/c/g'],
    ['g#s/../x', 'http://a/b/c/g'],
  ])('§5.4.2: "%s" is %s', (reference, target) => {
    expect(text(resolveUrl(base, reference))).toBe(target);
  });

  it('keeps scheme and port of the base, takes those of the reference', () => {
    const secure = url('https://example.org:8443/a/b');
    expect(text(resolveUrl(secure, 'c'))).toBe('https://example.org:8443/a/c');
    expect(text(resolveUrl(secure, '//other.example/c'))).toBe('https://other.example/c');
    expect(text(resolveUrl(secure, 'http://other.example'))).toBe('http://other.example/');
  });

  it('refuses other schemes, and the relative form of its own that RFC 3986 §5.4.2 calls an error of old', () => {
    expect(resolveUrl(base, 'g:h')).toHaveProperty('error');
    expect(resolveUrl(base, 'http:g')).toHaveProperty('error');
  });
});
