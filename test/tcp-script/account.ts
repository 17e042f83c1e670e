// What is told of a script while it is played, and how it fails: all steps so far, the one that does not hold, and field
// by field what is not as it should be.

import { formatDuration, type Time } from '../../src/base/time.js';
import { type Difference, formatDifferences } from './compare.js';
import type { Script, Step } from './script.js';
import { ScriptMistake } from './words.js';

export class Account {
  private readonly script: Script;
  private readonly lines: string[] = [];
  private step: Step | undefined;

  constructor(script: Script) {
    this.script = script;
  }

  sentence(sentence: string): void {
    this.lines.push(`  ${sentence}`);
  }

  begins(step: Step | undefined): void {
    this.step = step;
  }

  /** The step holds. */
  holds(step: Step, time: Time): void {
    this.lines.push(`  ✓ ${formatDuration(time).padStart(11)}  ${step.text}`);
  }

  /** @throws Error */
  fail(time: Time, wrong: readonly string[]): never {
    const { file, title, from, line } = this.script;
    const { step } = this;
    throw new Error(
      [
        `${file}:${step?.line ?? line}: ${title} (${from})`,
        ...this.lines,
        `  ✗ ${formatDuration(time).padStart(11)}  ${step?.text ?? 'at the end'}`,
        ...wrong.map((text) => `      ${text}`),
      ].join('\n'),
    );
  }

  /** @throws Error. `more`: what else helps to see why */
  differ(time: Time, differences: readonly Difference[], more: readonly string[] = []): never {
    return this.fail(time, [...formatDifferences(differences), ...more]);
  }

  /** The script itself is wrong. @throws ScriptMistake */
  mistake(problem: string, mend: string): never {
    throw new ScriptMistake(this.script.file, this.step?.line ?? this.script.line, problem, mend);
  }
}
