// The roles of a ladder: a list of frames, one of which is chosen, as one tab stop. Reading list: WAI-ARIA 1.2, listbox.

/** @param active id of the frame that the arrows stand on */
export function listRole(name: string, active: string | undefined) {
  return { role: 'listbox', tabIndex: 0, 'aria-label': name, 'aria-activedescendant': active } as const;
}

/** @param place from 0 */
export function frameRole(sentence: string, place: number, count: number, isChosen: boolean) {
  return {
    role: 'option',
    'aria-label': sentence,
    'aria-posinset': place + 1,
    'aria-setsize': count,
    'aria-selected': isChosen,
  } as const;
}
