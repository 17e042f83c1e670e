// The file of the open lab, to be read and taken away.

import { useEffect, useRef, useState } from 'react';
import type { OpenedLab } from '../worker/protocol.js';
import { Dialog } from './dialog.js';
import dialog from './dialog.module.css';
import style from './lab-source-view.module.css';
import { copyText, saveText, yamlName } from './save-file.js';
import { openReader } from './yaml-editor.js';

interface LabSourceViewProps {
  readonly lab: OpenedLab;
  readonly close: () => void;
}

export function LabSourceView({ lab, close }: LabSourceViewProps) {
  const { file, text } = lab;
  const place = useRef<HTMLDivElement>(null);
  const [said, say] = useState('');
  useEffect(() => {
    const view = openReader(place.current as HTMLDivElement, text, `Lab file ${file}`);
    return () => view.destroy();
  }, [file, text]);
  const copy = async (): Promise<void> => {
    say((await copyText(text)) ? 'Copied.' : 'The browser does not let the page copy.');
  };
  return (
    <Dialog
      title={file}
      isLarge
      close={close}
      tools={
        <>
          <span role="status" className={style.said}>
            {said}
          </span>
          <button type="button" className={dialog.button} onClick={() => void copy()}>
            Copy
          </button>
          <button
            type="button"
            className={dialog.button}
            onClick={() => saveText(yamlName(file), 'application/yaml', text)}
          >
            Save
          </button>
        </>
      }
    >
      <div className={style.text} ref={place} />
    </Dialog>
  );
}
