// Tells the step to those who do not see it, once they stay there for a moment.

import { useEffect, useState } from 'react';
import { usePage } from '../state/store.js';

const STAY = 350;

export function LiveRegion() {
  const head = usePage((state) => state.run?.steps[state.step]);
  const label = usePage((state) => (state.runs.length > 1 ? state.run?.label : undefined));
  const busy = usePage((state) => state.busy);
  const [told, tell] = useState('');
  useEffect(() => {
    const words = head === undefined ? '' : `Step ${head.id}. ${head.sentence}`;
    const timer = setTimeout(() => tell(words), STAY);
    if (head !== undefined) document.title = `${head.id} ${head.headline} · wirewalk`;
    return () => clearTimeout(timer);
  }, [head]);
  return (
    <>
      <p className="unseen" role="status">
        {told}
      </p>
      <p className="unseen" role="status">
        {busy ?? label ?? ''}
      </p>
    </>
  );
}
