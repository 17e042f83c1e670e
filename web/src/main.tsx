// Where the page begins.

import './style/tokens.css';
import './style/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './shell/app.js';
import { followAddress } from './shell/follow-address.js';
import { applyTheme } from './shell/theme.js';

applyTheme();
createRoot(document.getElementById('page') as HTMLElement).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
void followAddress().finally(keepForOffline);

/** The page works without a network of the real kind, from the second visit on. First things first: this one comes last. */
function keepForOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  navigator.serviceWorker.register('./service-worker.js').catch(() => {
    // Where it may not be installed (a file:, a private window) the page works all the same.
  });
}
