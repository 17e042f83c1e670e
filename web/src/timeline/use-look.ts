// Colours and letters of the page as a canvas needs them; anew when the theme changes.

import { useEffect, useState } from 'react';
import { FRAME_LAYERS } from 'wirewalk';
import type { Look } from './marks.js';

export function useLook(): Look {
  const [look, setLook] = useState(lookOfPage);
  useEffect(() => {
    const read = (): void => setLook(lookOfPage());
    const themes = new MutationObserver(read);
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', read);
    return () => {
      themes.disconnect();
      dark.removeEventListener('change', read);
    };
  }, []);
  return look;
}

function lookOfPage(): Look {
  const page = getComputedStyle(document.documentElement);
  const color = (name: string): string => page.getPropertyValue(`--${name}`).trim();
  return {
    layers: FRAME_LAYERS.map(color),
    ink: color('ink-soft'),
    band: color('sunken'),
    line: color('line'),
    error: color('error'),
    ground: color('surface'),
    letters: (Number.parseFloat(page.fontSize) || 16) * 0.6875,
    family: getComputedStyle(document.body).fontFamily,
  };
}
