// Which lab is open: the ones that come with the page, the files that were opened, and what there is to know about it.

import { lazy, type ReactNode, Suspense, useRef, useState } from 'react';
import { openLab } from '../state/actions.js';
import { usePage } from '../state/store.js';
import type { LabSource } from '../worker/protocol.js';
import { type BroughtLab, withBrought } from './brought-labs.js';
import { builtInLabs } from './built-in-labs.js';
import style from './lab-picker.module.css';
import { Menu, MenuGroup, MenuItem } from './menu.js';
import { openFiles } from './open-file.js';

const AboutLab = lazy(async () => ({ default: (await import('./about-lab.js')).AboutLab }));
const LabSourceView = lazy(async () => ({ default: (await import('./lab-source-view.js')).LabSourceView }));

export function LabPicker() {
  const lab = usePage((state) => state.lab);
  const [shown, show] = useState<'about' | 'source'>();
  const files = useRef<HTMLInputElement>(null);
  const brought = withBrought(lab);
  const title = lab?.title ?? 'Labs';
  const close = (): void => show(undefined);
  return (
    <>
      <Menu
        label={lab === undefined ? title : `Lab: ${title}`}
        title={title}
        className={style.button}
        width={25}
        face={
          <>
            <span className={style.title}>{title}</span>
            <Chevron />
          </>
        }
        note="A lab is one YAML file. You can also drop one anywhere on the page."
      >
        <Labs source={lab?.source} brought={brought} />
        <MenuGroup title="A lab of your own">
          <MenuItem choose={() => files.current?.click()}>Open a file…</MenuItem>
        </MenuGroup>
        {lab === undefined ? null : (
          <MenuGroup title="The open lab">
            <MenuItem choose={() => show('about')}>About this lab</MenuItem>
            <MenuItem choose={() => show('source')}>Lab file (YAML)</MenuItem>
          </MenuGroup>
        )}
      </Menu>
      <input
        ref={files}
        type="file"
        hidden
        aria-label="Lab file to open"
        accept=".yaml,.yml,.txt,text/*,application/yaml"
        onChange={({ target }) => {
          void openFiles([...(target.files ?? [])]);
          // The same file can be picked again.
          target.value = '';
        }}
      />
      {shown === undefined || lab === undefined ? null : (
        <Suspense fallback={null}>
          {shown === 'about' ? (
            <AboutLab lab={lab} close={close} />
          ) : (
            <LabSourceView lab={lab} close={close} />
          )}
        </Suspense>
      )}
    </>
  );
}

interface LabsProps {
  readonly source: LabSource | undefined;
  readonly brought: readonly BroughtLab[];
}

function Labs({ source, brought }: LabsProps) {
  return (
    <>
      <MenuGroup title="Labs">
        {builtInLabs().map(({ name, title }) => (
          <LabItem
            key={name}
            source={{ kind: 'built-in', name }}
            isOpen={source?.kind === 'built-in' && source.name === name}
            name={name}
          >
            {title}
          </LabItem>
        ))}
      </MenuGroup>
      {brought.length === 0 ? null : (
        <MenuGroup title="From files">
          {brought.map((one) => (
            <LabItem key={one.file} source={one.source} isOpen={one.source === source} name={one.file}>
              {one.title}
            </LabItem>
          ))}
        </MenuGroup>
      )}
    </>
  );
}

interface LabItemProps {
  readonly source: LabSource;
  readonly isOpen: boolean;
  readonly name: string;
  readonly children: ReactNode;
}

function LabItem({ source, isOpen, name, children }: LabItemProps) {
  return (
    <MenuItem isChosen={isOpen} choose={() => void openLab(source)}>
      <span>{children}</span> <span className={style.name}>{name}</span>
    </MenuItem>
  );
}

function Chevron() {
  return (
    <svg className={style.chevron} viewBox="0 0 12 12" aria-hidden="true">
      <path d="M2.500 4.500 6 8l3.500-3.500" />
    </svg>
  );
}
