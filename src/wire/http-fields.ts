// Fields of HTTP/1.1: the start line, the header lines that have names of their own, and what is worked out.
// Reading list: RFC 9110 (what headers mean), RFC 9112 (how messages look), RFC 9111 (caching), RFC 6265 (cookies).

import { fieldGroup, flagField as flag, numberField as number, textField as text } from './field-entry.js';

export const httpFields = fieldGroup('http', 'HTTP/1.1 messages', 'RFC 9112', {
  'http.request': flag('Request line', 'A client asks for something; this line says what.', 'RFC 9112 §3'),
  'http.request.method': text('Method', 'What is to be done; GET fetches.', 'RFC 9110 §9'),
  'http.request.uri': text(
    'Target',
    'What it is to be done with: the path of the page on the server.',
    'RFC 9112 §3.2',
  ),
  'http.request.version': text('Version', 'The version of HTTP that the client speaks.', 'RFC 9112 §2.3'),
  'http.request.full_uri': text(
    'Full request URI',
    'The whole URL, from the header Host and the target.',
    'RFC 9112 §3.3',
  ),
  'http.request.line': text('Header line', 'One line of the head; an empty one ends it.', 'RFC 9112 §5'),
  'http.response': flag('Status line', 'A server answers; this line says how it went.', 'RFC 9112 §4'),
  'http.response.version': text('Version', 'The version of HTTP that the server speaks.', 'RFC 9112 §2.3'),
  'http.response.code': number(
    'Status Code',
    'How it went; 200 is success, 404 means there is no such page.',
    'RFC 9110 §15',
  ),
  'http.response.code.desc': text(
    'Status Code Description',
    'What the status code stands for.',
    'RFC 9110 §15',
  ),
  'http.response.phrase': text('Phrase', 'The same in words, for people only.', 'RFC 9112 §4'),
  'http.response.line': text('Header line', 'One line of the head; an empty one ends it.', 'RFC 9112 §5'),
  'http.content_length': number('Content length', 'The header Content-Length as a number.', 'RFC 9110 §8.6'),
  'http.unknown_header': text(
    'Other header',
    'A header line without a filter name of its own.',
    'RFC 9112 §5',
  ),
  'http.file_data': text(
    'File Data',
    'What the message carries behind its head, such as a page.',
    'RFC 9112 §6',
  ),
});

/** Header lines with a field of their own; the label is the name as the RFCs spell it. */
export const httpHeaderFields = fieldGroup('http', 'HTTP header lines', 'RFC 9110', {
  'http.accept': text('Accept', 'Which kinds of content the client can show.', 'RFC 9110 §12.5.1'),
  'http.accept_encoding': text(
    'Accept-Encoding',
    'Which compressions the client can undo.',
    'RFC 9110 §12.5.3',
  ),
  'http.accept_language': text(
    'Accept-Language',
    'Which languages the person likes to read.',
    'RFC 9110 §12.5.4',
  ),
  'http.authorization': text('Authorization', 'The client proves who it is.', 'RFC 9110 §11.6.2'),
  'http.cache_control': text(
    'Cache-Control',
    'Whether and how long a copy may be kept and used.',
    'RFC 9111 §5.2',
  ),
  'http.connection': text(
    'Connection',
    'Whether the TCP connection stays open afterwards.',
    'RFC 9110 §7.6.1',
  ),
  'http.content_encoding': text('Content-Encoding', 'How the content is compressed.', 'RFC 9110 §8.4'),
  'http.content_length_header': text(
    'Content-Length',
    'How many bytes of content follow the head.',
    'RFC 9110 §8.6',
  ),
  'http.content_type': text(
    'Content-Type',
    'What the content is: a page, a picture, a style.',
    'RFC 9110 §8.3',
  ),
  'http.cookie': text('Cookie', 'What the server asked the client to remember, given back.', 'RFC 6265 §4.2'),
  'http.date': text('Date', 'When the message was made.', 'RFC 9110 §6.6.1'),
  'http.host': text('Host', 'Which of the sites on this server is meant.', 'RFC 9110 §7.2'),
  'http.last_modified': text(
    'Last-Modified',
    'When the page was changed for the last time.',
    'RFC 9110 §8.8.2',
  ),
  'http.location': text('Location', 'Where the client should go instead.', 'RFC 9110 §10.2.2'),
  'http.proxy_authenticate': text(
    'Proxy-Authenticate',
    'The proxy asks who the client is.',
    'RFC 9110 §11.7.1',
  ),
  'http.proxy_authorization': text(
    'Proxy-Authorization',
    'The client proves who it is to the proxy.',
    'RFC 9110 §11.7.2',
  ),
  'http.referer': text('Referer', 'The page on which the person followed the link.', 'RFC 9110 §10.1.3'),
  'http.sec_websocket_accept': text(
    'Sec-WebSocket-Accept',
    'The server agrees to talk WebSocket.',
    'RFC 6455 §11.3.3',
  ),
  'http.sec_websocket_extensions': text(
    'Sec-WebSocket-Extensions',
    'Extensions of WebSocket to be used.',
    'RFC 6455 §11.3.2',
  ),
  'http.sec_websocket_key': text(
    'Sec-WebSocket-Key',
    'A random value that the server must answer rightly.',
    'RFC 6455 §11.3.1',
  ),
  'http.sec_websocket_protocol': text(
    'Sec-WebSocket-Protocol',
    'Which language is spoken over the WebSocket.',
    'RFC 6455 §11.3.4',
  ),
  'http.sec_websocket_version': text(
    'Sec-WebSocket-Version',
    'The version of WebSocket that the client speaks.',
    'RFC 6455 §11.3.5',
  ),
  'http.server': text('Server', 'Which program the server is.', 'RFC 9110 §10.2.4'),
  'http.set_cookie': text(
    'Set-Cookie',
    'Something the client is to remember and give back next time.',
    'RFC 6265 §4.1',
  ),
  'http.transfer_encoding': text(
    'Transfer-Encoding',
    'How the content is cut up for the way, such as into chunks.',
    'RFC 9112 §6.1',
  ),
  'http.upgrade': text('Upgrade', 'Which other protocol this connection could go on with.', 'RFC 9110 §7.8'),
  'http.user_agent': text('User-Agent', 'Which program the client is.', 'RFC 9110 §10.1.5'),
  'http.www_authenticate': text('WWW-Authenticate', 'The server asks who the client is.', 'RFC 9110 §11.6.1'),
  'http.x_forwarded_for': text('X-Forwarded-For', 'For whom a proxy passes the request on.', 'RFC 7239 §7.4'),
});
