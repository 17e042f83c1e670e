// The layers inside one box, put together. The link layer's question is answered here: is this frame for me, and which
// protocol is in it?
// Reading list: RFC 894, RFC 1122 §2.3.

import type { Frame } from '../base/frame-store.js';
import type { DropReason } from '../trace/drop-reasons.js';
import { ETHERNET_HEADER, ethernet, isToGroup } from '../wire/ethernet.js';
import { ETHERTYPE } from '../wire/iana.js';
import type { Context } from './context.js';
import { Ipv4Layer } from './ipv4.js';
import type { FrameReceiver, NetworkInterface } from './network-interface.js';
import { Tcp } from './tcp/tcp.js';
import { Udp } from './udp.js';

const { etherType } = ethernet.fields;

export class NetworkStack implements FrameReceiver {
  readonly context: Context;
  readonly ipv4: Ipv4Layer;
  readonly udp: Udp;
  readonly tcp: Tcp;

  /** @param forwarding true for a router, false for a host (RFC 1122 §3.1) */
  constructor(context: Context, forwarding: boolean) {
    this.context = context;
    this.ipv4 = new Ipv4Layer(context, forwarding);
    this.udp = new Udp(this.ipv4);
    this.tcp = new Tcp(this.ipv4);
  }

  /** A frame has arrived. Takes the frame over. */
  receive(port: NetworkInterface, frame: Frame): void {
    if (frame.length < ETHERNET_HEADER) return this.drop(port, frame, 'frame-too-short');
    const { view, start } = frame;
    // For me? Either my own address, or a group's.
    // Differs: IEEE 802.3 §3.2.3 keeps addresses whose first octet is odd for groups. Books and labs call machines
    // BB:BB:BB:BB:BB:BB all the same, so a card answers to the address it was given, whatever its bits say.
    if (!port.isAddressed(frame) && !isToGroup(view, start)) return this.drop(port, frame, 'other-host');
    // Which protocol?
    const type = etherType.get(view, start);
    if (type === ETHERTYPE.ipv4) this.ipv4.receive(port, frame);
    else if (type === ETHERTYPE.arp) this.ipv4.neighborsOf(port).receive(frame);
    else this.drop(port, frame, 'unknown-ethertype');
  }

  private drop(port: NetworkInterface, frame: Frame, reason: DropReason): void {
    const { recorder, frames } = this.context;
    if (recorder.on) recorder.dropped(port.id, 'link', reason, frame);
    frames.release(frame);
  }
}
