// A pane that fails says so and leaves the rest of the page alone.

import { Component, type ReactNode } from 'react';
import style from './app.module.css';

interface BoundaryProps {
  readonly name: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly failure: string | undefined;
}

/** React knows only classes for this. */
export class PaneBoundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failure: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { failure: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === undefined) return this.props.children;
    return (
      <div className={style.failure} role="alert">
        <p>
          The {this.props.name} can not be shown: {failure}
        </p>
        <button type="button" className={style.button} onClick={() => this.setState({ failure: undefined })}>
          Try again
        </button>
      </div>
    );
  }
}
