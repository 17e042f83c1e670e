// A 64-bit hash that is not cryptographic: tells two traces apart and spreads names over seeds.

/** A running hash of octets and integers; equal input in equal order gives equal digests on every machine. */
export class Hash {
  private high = 0xdeadbeef | 0;
  private low = 0x41c6ce57 | 0;

  /** Mixes in one 32-bit integer. */
  addInt(value: number): this {
    this.high = Math.imul(this.high ^ value, 0x9e3779b1);
    this.high = (this.high << 13) | (this.high >>> 19);
    this.low = Math.imul(this.low ^ value, 0x5f356495);
    this.low = ((this.low << 17) | (this.low >>> 15)) ^ this.high;
    return this;
  }

  addBytes(bytes: Uint8Array): this {
    this.addInt(bytes.length);
    for (let i = 0; i < bytes.length; i++) this.addInt(bytes[i] as number);
    return this;
  }

  addText(text: string): this {
    this.addInt(text.length);
    for (let i = 0; i < text.length; i++) this.addInt(text.charCodeAt(i));
    return this;
  }

  /** High and low half, unsigned, after a last mixing; the running state is not changed. */
  parts(): [number, number] {
    let high = this.high;
    let low = this.low;
    high = Math.imul(high ^ (high >>> 16), 0x85ebca6b) ^ Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b) ^ Math.imul(high ^ (high >>> 13), 0xc2b2ae35);
    return [high >>> 0, low >>> 0];
  }

  /** 16 hexadecimal digits. */
  digest(): string {
    const [high, low] = this.parts();
    return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
  }
}

export function hashText(text: string): [number, number] {
  return new Hash().addText(text).parts();
}
