// What did not work, in words, until it is put away.

import { update, usePage } from '../state/store.js';
import style from './notices.module.css';

export function Notices() {
  const notice = usePage((state) => state.notice);
  return (
    <div role="alert" className={notice === undefined ? undefined : style.notice}>
      {notice === undefined ? null : (
        <>
          <p>{notice}</p>
          <button type="button" className={style.close} onClick={() => update({ notice: undefined })}>
            Put away
          </button>
        </>
      )}
    </div>
  );
}
