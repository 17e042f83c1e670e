// What the page is, and its keys.

import { useEffect, useRef } from 'react';
import { useAnswer } from '../state/answers.js';
import { update, usePage } from '../state/store.js';
import style from './help-dialog.module.css';
import { KEYS } from './use-keys.js';

export function HelpDialog() {
  const open = usePage((state) => state.helpOpen);
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (open && element?.open === false) element.showModal();
    if (!open && element?.open === true) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      className={style.dialog}
      aria-labelledby="help-title"
      onClose={() => update({ helpOpen: false })}
    >
      <div className={style.head}>
        <h2 id="help-title">How to use this page</h2>
        <button type="button" className={style.close} onClick={() => update({ helpOpen: false })}>
          Close
        </button>
      </div>
      <p>
        The network you see runs inside your browser: real protocols on real bytes. Press <b>Enter</b> beside
        the address, and a simulated computer opens the page. Nothing is sent anywhere.
      </p>
      <ul className={style.list}>
        <li>
          <b>Walk</b>: everything that happens, step by step. Go forward and back; all tables are those of the
          chosen moment.
        </li>
        <li>
          <b>Network, Ladder, Packets</b>: the same run as a map, as a sequence diagram, and as Wireshark
          would list it.
        </li>
        <li>
          <b>Step, Packet, Tables, Console</b>: why it happened, every byte of the frame, the tables that
          decided, and a terminal on each device.
        </li>
        <li>
          What you type on a console goes on from the chosen moment as a <b>branch</b>; the first run stays.
        </li>
        <li>
          Drop a lab file on the page to open it. The link in the address bar shows exactly this moment.
        </li>
      </ul>
      <table className={style.keys}>
        <caption>Keys</caption>
        <tbody>
          {KEYS.map(([keys, what]) => (
            <tr key={keys}>
              <th scope="row">
                <kbd>{keys}</kbd>
              </th>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {open ? <AboutRun /> : null}
      <p className={style.version}>wirewalk {__VERSION__}</p>
    </dialog>
  );
}

/** What another machine must come to, too. */
function AboutRun() {
  const run = usePage((state) => state.run);
  const hash = useAnswer('hash', run === undefined ? undefined : { run: run.run });
  if (run === undefined) return null;
  return (
    <p className={style.version}>
      This run: {run.world.name}, seed {run.world.seed}, {run.length.toLocaleString('en')} events, trace hash{' '}
      <code>{hash ?? '…'}</code>. The same lab and seed give the same hash on every machine.
    </p>
  );
}
