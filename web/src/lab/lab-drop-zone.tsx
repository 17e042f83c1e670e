// Files dropped anywhere on the page are opened as labs; while one hangs over the page, it says so.

import { type ReactNode, useEffect, useRef } from 'react';
import style from './lab-drop-zone.module.css';
import { openFiles } from './open-file.js';

export function LabDropZone({ children }: { readonly children: ReactNode }) {
  const veil = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = veil.current;
    // In the top layer, so that it lies over dialogs too.
    const show = (shown: boolean): void => {
      element?.togglePopover(shown);
    };
    const over = (event: DragEvent): void => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = 'copy';
      show(true);
    };
    const leave = (event: DragEvent): void => {
      // Out of the window, not from one element into the next.
      if (event.relatedTarget === null) show(false);
    };
    const drop = (event: DragEvent): void => {
      show(false);
      if (!carriesFiles(event)) return;
      event.preventDefault();
      void openFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragenter', over);
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', over);
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return (
    <>
      {children}
      <div ref={veil} popover="manual" className={style.veil}>
        <div className={style.frame}>
          <p className={style.what}>Drop a lab file to open it</p>
          <p className={style.how}>One YAML file, up to 1 MB. It stays in your browser.</p>
        </div>
      </div>
    </>
  );
}

function carriesFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes('Files') === true;
}
