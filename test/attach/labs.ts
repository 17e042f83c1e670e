// Labs for real programs: pages of all sizes behind a switch, or behind a router.

/** Two hosts, `pc` and `laptop`, and the server `web`, in the words of a lab file: a switch and a router; `cable` is what the last link is like. */
export function pagesLab(cable = ''): string {
  return `
name: pages
topology:
  nodes:
    pc: { kind: host, interfaces: { eth0: { ip: 10.1.0.2/24 } }, gateway: 10.1.0.1, dns: [10.2.0.2] }
    laptop: { kind: host, interfaces: { eth0: { ip: 10.1.0.3/24 } }, gateway: 10.1.0.1, dns: [10.2.0.2] }
    switch: { kind: switch }
    router: { kind: router, interfaces: { lan: { ip: 10.1.0.1/24 }, net: { ip: 10.2.0.1/24 } } }
    web:
      kind: host
      interfaces: { eth0: { ip: 10.2.0.2/24 } }
      gateway: 10.2.0.1
      services:
        echo: true
        discard: true
        dns:
          zones:
            lab.test: ["@ 60 SOA ns host 1 2 3 4 5", "@ 60 NS ns", "ns 60 A 10.2.0.2", "www 60 A 10.2.0.2"]
        http:
          sites:
            www.lab.test:
              /1: { size: 1 }
              /1k: { size: 1000 }
              /1M: { size: 1MB }
              /100M: { size: 100MB }
              /in: { upload: digest }
              /back: { upload: echo }
  links:
    - { endpoints: ["pc:eth0", "switch:1"] }
    - { endpoints: ["laptop:eth0", "switch:2"] }
    - { endpoints: ["router:lan", "switch:3"] }
    - { endpoints: ["router:net", "web:eth0"]${cable === '' ? '' : `, ${cable}`} }
`;
}

/** What a page of that many bytes holds, see build-world.ts. */
export function filler(size: number): Uint8Array {
  const words = 'wirewalk ';
  return Buffer.alloc(size, words, 'latin1');
}
