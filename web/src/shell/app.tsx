// The page as a whole: the address bar above, the outline at the left, the network in the middle, details at the right.

import { lazy, Suspense, useState } from 'react';
import { LabDropZone } from '../lab/lab-drop-zone.js';
import { NetworkView } from '../network/network-view.js';
import { OutlinePane } from '../outline/outline-pane.js';
import { Tabs } from '../parts/tabs.js';
import { showCentre, showSide } from '../state/actions.js';
import { type Centre, type Side, usePage } from '../state/store.js';
import { StepPane } from '../step/step-pane.js';
import { Timeline } from '../timeline/timeline.js';
import style from './app.module.css';
import { Header } from './header.js';
import { LiveRegion } from './live-region.js';
import { Notices } from './notices.js';
import { PaneBar } from './pane-bar.js';
import { PaneBoundary } from './pane-boundary.js';
import { Splitter, useWidths } from './splitter.js';
import { useKeys } from './use-keys.js';

// What is not seen at first is loaded when it is.
const LadderView = lazy(async () => ({ default: (await import('../ladder/ladder-view.js')).LadderView }));
const PacketList = lazy(async () => ({ default: (await import('../packets/packet-list.js')).PacketList }));
const TablesPane = lazy(async () => ({ default: (await import('../tables/tables-pane.js')).TablesPane }));
const PacketPane = lazy(async () => ({ default: (await import('../packet/packet-pane.js')).PacketPane }));
const ConsolePane = lazy(async () => ({ default: (await import('../console/console-pane.js')).ConsolePane }));
const HelpDialog = lazy(async () => ({ default: (await import('./help-dialog.js')).HelpDialog }));
const RefusedLabView = lazy(async () => ({
  default: (await import('../lab/refused-lab-view.js')).RefusedLabView,
}));

const CENTRE_TABS: readonly { readonly name: Centre; readonly title: string }[] = [
  { name: 'network', title: 'Network' },
  { name: 'ladder', title: 'Ladder' },
  { name: 'packets', title: 'Packets' },
];

const SIDE_TABS: readonly { readonly name: Side; readonly title: string }[] = [
  { name: 'step', title: 'Step' },
  { name: 'packet', title: 'Packet' },
  { name: 'tables', title: 'Tables' },
  { name: 'console', title: 'Console' },
];

export function App() {
  useKeys();
  const started = usePage((state) => state.run !== undefined);
  const pane = usePage((state) => state.pane);
  const refused = usePage((state) => state.refused !== undefined);
  const [widths, setWidths] = useWidths();
  return (
    <LabDropZone>
      <div className={style.page} data-started={started} data-pane={pane}>
        <Header />
        <Notices />
        {refused ? (
          <main className={style.whole}>
            <Lazily>
              <RefusedLabView />
            </Lazily>
          </main>
        ) : (
          <main className={style.panes} ref={widths}>
            <section className={style.outline} aria-label="Outline">
              <PaneBoundary name="outline">
                <OutlinePane />
              </PaneBoundary>
            </section>
            <Splitter label="Width of the outline" side="outline" set={setWidths} />
            <section className={style.centre} aria-label="Run">
              <div className={style.stage}>
                <Stage />
              </div>
              <PaneBoundary name="timeline">
                <Timeline />
              </PaneBoundary>
            </section>
            <Splitter label="Width of the details" side="side" set={setWidths} />
            <section className={style.side} aria-label="Details">
              <Details />
            </section>
          </main>
        )}
        {started && !refused ? <PaneBar /> : null}
        <LiveRegion />
        <Help />
      </div>
    </LabDropZone>
  );
}

function Stage() {
  const centre = usePage((state) => state.centre);
  const started = usePage((state) => state.run !== undefined);
  if (!started) {
    return (
      <PaneBoundary name="network">
        <NetworkView />
      </PaneBoundary>
    );
  }
  return (
    <Tabs label="Views of the run" tabs={CENTRE_TABS} chosen={centre} choose={showCentre}>
      <Lazily>
        {centre === 'network' ? <NetworkView /> : centre === 'ladder' ? <LadderView /> : <PacketList />}
      </Lazily>
    </Tabs>
  );
}

function Details() {
  const side = usePage((state) => state.side);
  return (
    <Tabs label="Details" tabs={SIDE_TABS} chosen={side} choose={showSide}>
      <Lazily>
        {side === 'step' ? (
          <StepPane />
        ) : side === 'packet' ? (
          <PacketPane />
        ) : side === 'tables' ? (
          <TablesPane />
        ) : (
          <ConsolePane />
        )}
      </Lazily>
    </Tabs>
  );
}

/** From the first time on that somebody asks for it, so that closing it gives the focus back. */
function Help() {
  const open = usePage((state) => state.helpOpen);
  const [asked, setAsked] = useState(open);
  if (open && !asked) setAsked(true);
  return asked ? (
    <Suspense fallback={null}>
      <HelpDialog />
    </Suspense>
  ) : null;
}

function Lazily({ children }: { readonly children: React.ReactNode }) {
  return (
    <PaneBoundary name="view">
      <Suspense fallback={<p className={style.loading}>Loading…</p>}>{children}</Suspense>
    </PaneBoundary>
  );
}
