// The outline before Enter: what the lab is, and what will stand here.

import { enter } from '../state/actions.js';
import { usePage } from '../state/store.js';
import style from './outline-start.module.css';

/** What a page takes, for those who come for the first time. */
const AHEAD: readonly { readonly layer: string; readonly words: string }[] = [
  { layer: 'application', words: 'The browser takes the URL apart and looks into its caches.' },
  { layer: 'application', words: 'DNS finds the address behind the name.' },
  { layer: 'link', words: 'ARP finds the machine next door that carries every packet on.' },
  { layer: 'network', words: 'Routers pass the packets from network to network.' },
  { layer: 'transport', words: 'TCP opens a connection on which nothing gets lost.' },
  { layer: 'application', words: 'HTTP asks for the page, and brings it.' },
];

export function OutlineStart() {
  const lab = usePage((state) => state.lab);
  const url = usePage((state) => state.url);
  const busy = usePage((state) => state.busy);
  if (lab === undefined) return <p className={style.waiting}>{busy ?? 'No lab is open'}…</p>;
  return (
    <div className={style.start}>
      <h2 className={style.title}>{lab.title}</h2>
      {lab.description === '' ? null : <p className={style.description}>{lab.description}</p>}
      <p>
        Press <strong>Enter</strong>
        {url === '' ? ' to run the lab' : ' and follow '}
        {url === '' ? null : <span className={style.url}>{url}</span>}: every step stands here then, from the
        first to the last.
      </p>
      <button
        type="button"
        className={style.enter}
        disabled={busy !== undefined}
        onClick={() => void enter()}
      >
        Enter <span aria-hidden="true">⏎</span>
      </button>
      {/^https?:/.test(url) ? (
        <>
          <h3 className={style.ahead}>What lies ahead</h3>
          <ol className={style.steps}>
            {AHEAD.map(({ layer, words }) => (
              <li key={words} data-layer={layer}>
                {words}
              </li>
            ))}
          </ol>
        </>
      ) : null}
    </div>
  );
}
