// The packet list: all frames of the run, or those that the display filter accepts.

import { type HeldRun, usePage } from '../state/store.js';
import { FilterField } from './filter-field.js';
import { FrameTable } from './frame-table.js';
import { CLOCK_TITLES, CLOCKS, type Clock } from './frame-words.js';
import { useKeptChoice } from './kept-choice.js';
import style from './packet-list.module.css';
import { useShownFrames } from './shown-frames.js';

export function PacketList() {
  const run = usePage((state) => state.run);
  return run === undefined ? null : <Packets key={run.run} run={run} />;
}

function Packets({ run }: { readonly run: HeldRun }) {
  const shown = useShownFrames(run);
  const [clock, setClock] = useKeptChoice('clock', CLOCKS, 'start');
  return (
    <div className={style.view}>
      <h2 className="unseen">Packets</h2>
      <div className={style.bar}>
        <FilterField run={run}>
          <label className={style.clock}>
            <span>Time</span>
            <select value={clock} onChange={({ target }) => setClock(target.value as Clock)}>
              {CLOCKS.map((one) => (
                <option key={one} value={one}>
                  {CLOCK_TITLES[one]}
                </option>
              ))}
            </select>
          </label>
        </FilterField>
      </div>
      <FrameTable run={run} shown={shown} clock={clock} about="addresses" />
    </div>
  );
}
