// Takes the content security policy out of the page while somebody works on it: what the development server adds to the page is
// inline script. The page as built keeps it.

import type { Plugin } from 'vite';

export function noPolicyInDevelopment(): Plugin {
  return {
    name: 'no-policy-in-development',
    apply: 'serve',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) => html.replace(/<meta\s+http-equiv="Content-Security-Policy"[^>]*>/, ''),
    },
  };
}
