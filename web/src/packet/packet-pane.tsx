// One frame down to its last bit: boxes in boxes, every field, every byte, and the same packet on every link.

import { useCallback, useId, useMemo, useState } from 'react';
import { type Dissection, FRAME_LAYERS, type PacketBox, type PacketHop } from 'wirewalk';
import { goToFrame } from '../state/actions.js';
import { type HeldRun, usePage } from '../state/store.js';
import type { HeldAnswer, PacketAnswer } from '../worker/protocol.js';
import { FieldDetails, ProblemText } from './field-details.js';
import { type FieldModel, type FieldNode, fieldModel } from './field-model.js';
import { FieldTree } from './field-tree.js';
import { HexView } from './hex-view.js';
import { HopSection } from './hop-section.js';
import { PacketBoxes } from './packet-boxes.js';
import { FrameTitle, PacketHead } from './packet-head.js';
import style from './packet-pane.module.css';
import { type Shown, type Subject, useSubject } from './packet-subject.js';
import { PayloadSection } from './payload-section.js';
import { useKept } from './view-state.js';

export function PacketPane() {
  const run = usePage((state) => state.run);
  const frame = usePage((state) => state.frame);
  const subject = useSubject(run);
  const { packet, held, shown } = subject;
  if (run === undefined) {
    return (
      <Message title="No packet yet">
        Press Enter beside the address: the first frame stands here then.
      </Message>
    );
  }
  if (shown === 'held' && held !== undefined) return <HeldPacket run={run} held={held} subject={subject} />;
  if (frame < 0) return <NoFrame run={run} />;
  if (packet === undefined) return <Message title={`Frame ${frame + 1}`}>The frame is being read…</Message>;
  return <Frame run={run} packet={packet} subject={subject} />;
}

interface FrameProps {
  readonly run: HeldRun;
  readonly packet: PacketAnswer;
  readonly subject: Subject;
}

function Frame({ run, packet, subject }: FrameProps) {
  const { frame, bytes, dissection, boxes, hops } = packet;
  const model = useMemo(() => fieldModel(dissection, subject.open), [dissection, subject.open]);
  const hop = hops.find(({ index }) => index === frame);
  return (
    <div className={style.pane}>
      <header className={style.head}>
        <FrameTitle run={run} frame={frame} />
      </header>
      <div className={style.body}>
        <WhichPacket subject={subject} />
        <PacketHead run={run} packet={packet} layer={FRAME_LAYERS[run.frames.layer[frame] ?? 0] ?? 'link'} />
        {bytes.length === 0 ? (
          <p className={style.soft}>
            This run was recorded without bytes: nothing more is known of the frame.
          </p>
        ) : (
          <Anatomy model={model} dissection={dissection} bytes={bytes} boxes={boxes} hop={hop} />
        )}
        {hops.length === 0 || bytes.length === 0 ? null : (
          <HopSection key={run.frames.packet[frame]} world={run.world} hops={hops} frame={frame} />
        )}
      </div>
    </div>
  );
}

interface HeldPacketProps {
  readonly run: HeldRun;
  readonly held: HeldAnswer;
  readonly subject: Subject;
}

function HeldPacket({ run, held, subject }: HeldPacketProps) {
  const { place, open, bytes, dissection, boxes } = held;
  const where = run.steps[place]?.nodeLabel;
  const model = useMemo(() => fieldModel(dissection, new Set(open)), [dissection, open]);
  return (
    <div className={style.pane}>
      <header className={style.head}>
        <h2 className={style.heldTitle}>A packet that waits</h2>
      </header>
      <div className={style.body}>
        <WhichPacket subject={subject} />
        <p>
          It waits in {where} and is not sent yet. <b>????</b> is not known so far:{' '}
          {open.map(openName).join(', ')}.
        </p>
        {bytes.length === 0 ? (
          <>
            <Boxes boxes={boxes} />
            <p className={style.soft}>
              No byte of it exists yet: its headers are written when all of it is known.
            </p>
          </>
        ) : (
          <Anatomy model={model} dissection={dissection} bytes={bytes} boxes={boxes} hop={undefined} />
        )}
      </div>
    </div>
  );
}

const OPEN_NAMES: Readonly<Record<string, string>> = {
  'eth.dst': 'the MAC address of the next hop',
  'ip.dst': 'the IP address of the destination',
  'tcp.srcport': 'the source port',
  'udp.srcport': 'the source port',
  'tcp.seq': 'the sequence number',
  'tcp.ack': 'the acknowledgment number',
};

function openName(name: string): string {
  return OPEN_NAMES[name] ?? name;
}

const CHOICES: readonly { readonly shown: Shown; readonly words: string }[] = [
  { shown: 'held', words: 'as it waits' },
  { shown: 'frame', words: 'as it came' },
];

function WhichPacket({ subject: { choose, shown: chosen } }: { readonly subject: Subject }) {
  const id = useId();
  if (choose === undefined) return null;
  return (
    <fieldset className={style.which}>
      <legend className="unseen">Which packet is shown</legend>
      {CHOICES.map(({ shown, words }) => (
        <label key={shown}>
          <input type="radio" name={id} checked={shown === chosen} onChange={() => choose(shown)} />
          <span>{words}</span>
        </label>
      ))}
    </fieldset>
  );
}

interface AnatomyProps {
  readonly model: FieldModel;
  readonly dissection: Dissection;
  readonly bytes: Uint8Array;
  readonly boxes: readonly PacketBox[];
  readonly hop: PacketHop | undefined;
}

/** Boxes, fields and bytes: whatever is chosen in one is lit in all. */
function Anatomy({ model, dissection, bytes, boxes, hop }: AnatomyProps) {
  const [key, setKey] = useKept('selected');
  const [hoveredKey, setHovered] = useState<string>();
  const selected = model.byKey.get(key) ?? model.roots.at(-1);
  const hovered = hoveredKey === undefined ? undefined : model.byKey.get(hoveredKey);
  const select = useCallback((node: FieldNode) => setKey(() => node.key), [setKey]);
  const hover = useCallback((node: FieldNode | undefined) => setHovered(node?.key), []);
  const changes = useMemo(() => new Map(hop?.fields.map(({ name, before }) => [name, before])), [hop]);
  return (
    <>
      <Problems model={model} select={select} />
      <Boxes boxes={boxes} model={model} selected={selected} select={select} />
      <div className={style.split}>
        <section className={style.section} aria-labelledby="packet-fields">
          <FieldTree
            titleId="packet-fields"
            model={model}
            selected={selected}
            hovered={hovered}
            changes={changes}
            select={select}
            hover={hover}
          />
          <FieldDetails model={model} bytes={bytes} node={selected} changes={changes} select={select} />
        </section>
        <div className={style.column}>
          <section className={style.section} aria-labelledby="packet-bytes">
            <h3 id="packet-bytes">Bytes</h3>
            <HexView
              model={model}
              bytes={bytes}
              selected={selected}
              hovered={hovered}
              select={select}
              hover={hover}
            />
          </section>
          <PayloadSection dissection={dissection} bytes={bytes} />
        </div>
      </div>
    </>
  );
}

interface BoxesProps {
  readonly boxes: readonly PacketBox[];
  readonly model?: FieldModel;
  readonly selected?: FieldNode | undefined;
  readonly select?: (node: FieldNode) => void;
}

function Boxes(props: BoxesProps) {
  return (
    <section className={style.section} aria-labelledby="packet-boxes">
      <h3 id="packet-boxes">Layers</h3>
      <PacketBoxes {...props} />
    </section>
  );
}

/** More stand at their fields. */
const MOST_PROBLEMS = 5;

interface ProblemsProps {
  readonly model: FieldModel;
  readonly select: (node: FieldNode) => void;
}

function Problems({ model: { troubled }, select }: ProblemsProps) {
  const all = troubled.flatMap((node) => node.problems.map((problem) => ({ node, problem })));
  if (all.length === 0) return null;
  return (
    <section className={style.section} aria-labelledby="packet-problems">
      <h3 id="packet-problems">Noticed</h3>
      <ul className={style.problems}>
        {all.slice(0, MOST_PROBLEMS).map(({ node, problem }) => (
          <li key={`${node.key} ${problem.text}`}>
            <ProblemText problem={problem} />
            <button type="button" className={style.button} onClick={() => select(node)}>
              {node.label}
            </button>
          </li>
        ))}
      </ul>
      {all.length > MOST_PROBLEMS ? (
        <p className={style.soft}>{all.length - MOST_PROBLEMS} more stand at their fields.</p>
      ) : null}
    </section>
  );
}

/** Nothing is sent in this step; the frames around it can be looked at. */
function NoFrame({ run }: { readonly run: HeldRun }) {
  const seq = usePage((state) => state.seq);
  const { frames } = run;
  let next = 0;
  let end = frames.length;
  while (next < end) {
    const middle = (next + end) >> 1;
    if ((frames.seq[middle] as number) <= seq) next = middle + 1;
    else end = middle;
  }
  return (
    <Message title="No frame in this step">
      <span>This step sends nothing and receives nothing: it happens inside a device.</span>
      <span className={style.buttons}>
        {next > 0 ? (
          <button type="button" className={style.button} onClick={() => goToFrame(next - 1)}>
            ← the frame before ({next})
          </button>
        ) : null}
        {next < frames.length ? (
          <button type="button" className={style.button} onClick={() => goToFrame(next)}>
            the next frame ({next + 1}) →
          </button>
        ) : null}
      </span>
    </Message>
  );
}

function Message({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div className={style.pane}>
      <header className={style.head}>
        <h2 className={style.heldTitle}>{title}</h2>
      </header>
      <div className={style.message}>{children}</div>
    </div>
  );
}
