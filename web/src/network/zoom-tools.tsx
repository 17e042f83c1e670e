// Buttons that make the picture larger, smaller, or fit it.

import type { Camera } from './camera.js';
import style from './network.module.css';
import { fitAll, zoomIn, zoomOut } from './use-camera.js';

interface ZoomToolsProps {
  readonly camera: Camera;
  /** Side by side: where there is little room. */
  readonly isFlat: boolean;
}

export function ZoomTools({ camera, isFlat }: ZoomToolsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: no fieldset, it is no form
    <div
      className={style.zoomTools}
      data-flat={isFlat || undefined}
      role="group"
      aria-label="Size of the picture"
    >
      <button
        type="button"
        className={style.zoom}
        aria-label="Larger"
        title="Larger (+)"
        onClick={() => zoomIn(camera)}
      >
        <svg className={style.sign} viewBox="0 0 16 16" aria-hidden="true">
          <path d="M8 3V13M3 8H13" />
        </svg>
      </button>
      <button
        type="button"
        className={style.zoom}
        aria-label="Smaller"
        title="Smaller (−)"
        onClick={() => zoomOut(camera)}
      >
        <svg className={style.sign} viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 8H13" />
        </svg>
      </button>
      <button
        type="button"
        className={style.zoom}
        aria-label="Show all"
        title="Show all (0)"
        onClick={() => fitAll(camera)}
      >
        <svg className={style.sign} viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2.5 6V2.5H6M10 2.5H13.5V6M13.5 10V13.5H10M6 13.5H2.5V10" />
        </svg>
      </button>
    </div>
  );
}
