// A part that scrolls by itself and holds nothing that takes the focus: it takes it, so that keys can scroll it.

import type { ReactNode, Ref } from 'react';

interface ScrollAreaProps {
  readonly name: string;
  readonly className: string | undefined;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLElement>;
}

export function ScrollArea({ name, className, children, ref }: ScrollAreaProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: keys scroll it
    <section ref={ref} className={className} aria-label={name} tabIndex={0}>
      {children}
    </section>
  );
}
