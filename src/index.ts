// The public names of wirewalk, one by one. Everything else may change without notice.

// ---- addresses and time ----
export {
  formatIpv4,
  formatMac,
  formatPrefix,
  type Ipv4,
  type Ipv4Prefix,
  type Mac,
  parseCidr,
  parseIpv4,
  parseMac,
} from './base/address.js';
export { decodeUtf8, encodeUtf8, formatHex, parseHex } from './base/text.js';
export {
  formatDuration,
  HOUR,
  MICROSECOND,
  MILLISECOND,
  MINUTE,
  parseDuration,
  SECOND,
  type Time,
} from './base/time.js';
export type { Timer, TimerOwner } from './base/timer.js';

// ---- worlds ----
export { Station, type StationKind } from './device/station.js';
export { Switch } from './device/switch.js';
export { Tap } from './device/tap.js';
// ---- labs ----
export { buildWorld } from './lab/build-world.js';
export { type CheckResult, checkLab } from './lab/check-lab.js';
export {
  type CommandRun,
  type ConsoleIo,
  commandNames,
  completeCommand,
  runCommandToEnd,
  startCommand,
} from './lab/console/console.js';
export { runCommand } from './lab/console/run-command.js';
export { formatProblem, type LabProblem } from './lab/problem.js';
export { type Lab, readLab } from './lab/read-lab.js';
export { type LabReading, readLabData } from './lab/read-lab-data.js';
export { type LabRun, type RunCommand, type RunOptions, runLab } from './lab/run-lab.js';
export { labJsonSchema } from './lab/schema.js';
export type { StartCommand, TypedCommand, TypedResult } from './lab/typed-commands.js';
export { type Fault, type FaultVerdict, Link, type LinkOptions, type Marker } from './net/link.js';
export { type Device, type Pins, World, type WorldNode, type WorldOptions } from './net/world.js';
// ---- programs on a station ----
export { Browser, type BrowserOptions, type PageLoad } from './service/browser.js';
export { startChargen } from './service/chargen.js';
export { startDiscard } from './service/discard.js';
export { type Resolution, Resolver } from './service/dns/resolver.js';
export { DnsServer } from './service/dns/server.js';
export { Zone } from './service/dns/zone.js';
export { startEcho } from './service/echo.js';
export { HttpServer, type Page, type RequestHandler, type Site } from './service/http/server.js';
export { digestReceipt, echoReceipt, type Receipt } from './service/http/uploads.js';
export { startIperf } from './service/iperf/server.js';
export { Ping, type PingListener, type PingOptions, type PingResult } from './service/ping.js';
export {
  type HopResult,
  Traceroute,
  type TracerouteListener,
  type TracerouteOptions,
} from './service/traceroute.js';
// ---- sockets ----
export type { PinName } from './stack/context.js';
export { type Endpoint, formatEndpoint } from './stack/endpoint.js';
export type { IcmpErrorReport, SendError, SendOptions } from './stack/ipv4-packet.js';
export type { NetworkInterface } from './stack/network-interface.js';
export type { PathMtu } from './stack/path-mtu.js';
export type { ReportedError } from './stack/socket-error.js';
export type { TcpConnection, TcpListener } from './stack/tcp/connection.js';
export type { CongestionName, KeepAlive, RecoveryName, TcpOptions } from './stack/tcp/connection-options.js';
export type { CongestionPhase, TcpInfo } from './stack/tcp/info.js';
export type { TcpError } from './stack/tcp/listener.js';
export type { TcpState } from './stack/tcp/state.js';
export type { TcpAcceptor } from './stack/tcp/tcp.js';
export type {
  UdpCallError,
  UdpDatagram,
  UdpListener,
  UdpOptions,
  UdpSocket,
} from './stack/udp-socket.js';
// ---- the trace ----
export { DROP_REASONS, type DropReason, type DropReasonText } from './trace/drop-reasons.js';
export type {
  EventKind,
  InterfaceDescription,
  Layer,
  LinkDescription,
  NodeDescription,
  RowView,
  TableName,
  TraceEvent,
  Value,
  Verdict,
  WorldDescription,
} from './trace/events.js';
export type { RecordLevel, Trace } from './trace/trace.js';
// ---- views ----
export { CABLE_TEXT_SIZE, type CableText, placeCableTexts } from './view/cable-labels.js';
export { captureComments } from './view/capture-comments.js';
export type { ChecksumWord, ChecksumWork } from './view/checksum-work.js';
export { DEVICE_ICONS, deviceIcon } from './view/device-icons.js';
export { explainWalk, startOf, type WalkOptions } from './view/explain/explain-walk.js';
export type { Rewrite } from './view/explain/facts.js';
export type {
  Change,
  Decision,
  Phase,
  Step,
  StepDrop,
  StepLayer,
  StepPacket,
  Walk,
  Why,
} from './view/explain/step.js';
export { FRAME_LAYERS, type FrameColumns, frameColumns, frameIndex } from './view/frame-columns.js';
export { type FrameLine, frameLine, matchingFrames } from './view/frame-lines.js';
export { toDot, toMermaid } from './view/graph.js';
export { type ByteRange, type PacketHop, packetHops } from './view/hops.js';
export { walkToJson } from './view/json.js';
export { type LayoutOptions, layoutNetwork, type NetworkLayout, type Point } from './view/layout.js';
export { walkToMarkdown } from './view/markdown.js';
export { type BoxItem, nested, type PacketBox, packetBoxes, stepBoxes } from './view/packet.js';
export { type TracePcapngOptions, tracePcapng } from './view/pcapng.js';
export { type PlotOptions, plotTcp } from './view/plot.js';
export { describeRow, shownRow } from './view/rows.js';
export { cablePath, type SvgOptions, toSvg } from './view/svg.js';
export { TableHistory } from './view/table-history.js';
export {
  formatTable,
  type NodeTable,
  type NodeTables,
  type RouteLookup,
  routeCandidates,
  TABLE_ORDER,
  TABLE_TITLES,
  TableFold,
  type TableRow,
  tablesAt,
} from './view/tables.js';
export {
  type FoundLoss,
  type HeardAck,
  type SentSegment,
  type TcpSeries,
  type TcpWindows,
  tcpSeries,
} from './view/tcp-series.js';
export { renderWalk, type TextOptions } from './view/text.js';
// ---- bytes and fields ----
export { arp } from './wire/arp.js';
export type { Capture, CapturePacket } from './wire/capture.js';
export { readCapture } from './wire/capture-file.js';
export { type DisplayFilter, type FilterError, parseFilter } from './wire/display-filter.js';
export { dissect } from './wire/dissect.js';
export type { DissectedField, DissectedLayer, Dissection, FieldValue, Problem } from './wire/dissection.js';
export { type DnsMessage, newDnsMessage, readDnsMessage, writeDnsMessage } from './wire/dns/message.js';
export type { DnsData, DnsRecord } from './wire/dns/records.js';
export { DNS_TYPE, typeName } from './wire/dns/registry.js';
export { ethernet } from './wire/ethernet.js';
export {
  fieldCatalogue,
  fieldGroups,
  findField,
  type ProtocolEntry,
  protocolCatalogue,
} from './wire/field-catalogue.js';
export type { FieldEntry, FieldGroup, FieldType } from './wire/field-entry.js';
export type { HttpFields, HttpRequest, HttpResponse } from './wire/http.js';
export { icmp, icmpEcho } from './wire/icmp.js';
export { ipv4 } from './wire/ipv4.js';
export type { Field, Layout } from './wire/layout.js';
export { type PcapngContent, writePcapng } from './wire/pcapng-writer.js';
export { tcp } from './wire/tcp.js';
export { udp } from './wire/udp.js';
