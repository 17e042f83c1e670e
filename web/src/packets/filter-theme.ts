// The look of the filter's editor and of its proposals. CodeMirror brings its own style sheet; this speaks its language.

import { EditorView } from '@codemirror/view';

/** The layer of each protocol gives its proposals their edge. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  link: ['eth', 'vlan', 'sll', 'ppp', 'arp', 'llc'],
  network: ['ip', 'icmp'],
  transport: ['udp', 'tcp'],
  application: ['dns', 'http'],
};

const edges = Object.fromEntries(
  Object.entries(LAYERS).flatMap(([layer, protocols]) =>
    protocols.map((protocol) => [
      `.cm-tooltip.cm-tooltip-autocomplete > ul > li.filter-of-${protocol}`,
      { borderLeftColor: `var(--${layer})` },
    ]),
  ),
);

export const filterTheme = EditorView.theme({
  '&': { color: 'var(--ink)', fontSize: 'var(--text-s)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', overflowX: 'auto', scrollbarWidth: 'none' },
  '.cm-content': { padding: 'var(--gap-2) 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': {
    display: 'inline-block',
    maxWidth: '100%',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    verticalAlign: 'bottom',
    whiteSpace: 'nowrap',
    color: 'var(--ink-soft)',
  },
  '.filter-wrong': {
    textDecoration: 'underline wavy var(--error)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '0.25em',
  },
  '.filter-wrong-end': { borderBottom: '2px dotted var(--error)', paddingLeft: '0.75em' },
  '.cm-tooltip': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--raised)',
    color: 'var(--ink)',
    boxShadow: 'var(--shadow)',
    fontSize: 'var(--text-s)',
  },
  '.cm-tooltip.cm-tooltip-below': { marginTop: '2.25rem' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    minWidth: 'min(24rem, 92vw)',
    maxWidth: 'min(34rem, 96vw)',
    maxHeight: '16rem',
    padding: 'var(--gap-1)',
    scrollbarWidth: 'thin',
    fontFamily: 'var(--mono)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    display: 'flex',
    alignItems: 'baseline',
    gap: 'var(--gap-3)',
    minHeight: '1.75rem',
    padding: '0.125rem var(--gap-2)',
    borderLeft: '3px solid transparent',
    borderRadius: 'var(--radius-s)',
    lineHeight: '1.5rem',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent-soft)',
    color: 'var(--ink)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li:hover': { backgroundColor: 'var(--hover)' },
  ...edges,
  '.cm-completionLabel': { flex: 'none' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700', color: 'var(--accent)' },
  '.cm-completionDetail': {
    marginLeft: 'auto',
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    fontFamily: 'var(--font)',
    fontSize: 'var(--text-xs)',
    fontStyle: 'normal',
    color: 'var(--ink-soft)',
  },
  '.cm-tooltip.cm-completionInfo': {
    padding: 'var(--gap-2) var(--gap-3)',
    fontFamily: 'var(--font)',
    lineHeight: '1.45',
  },
  '.cm-completionInfo p': { marginTop: 'var(--gap-1)', color: 'var(--ink-soft)' },
});
