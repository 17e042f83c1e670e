// The mistakes of a lab file as a list that leads to them.

import type { LabProblem } from 'wirewalk';
import style from './refused-lab-view.module.css';

interface ProblemListProps {
  readonly problems: readonly LabProblem[];
  readonly show: (problem: LabProblem, place: number) => void;
}

export function ProblemList({ problems, show }: ProblemListProps) {
  return (
    <ol className={style.problems} aria-label="Mistakes">
      {problems.map((problem, place) => {
        const { line, column, path, message, mend } = problem;
        return (
          <li key={`${line}:${column} ${path} ${message}`}>
            <button type="button" className={style.problem} onClick={() => show(problem, place)}>
              <span className={style.where}>
                <span className="unseen">Line </span>
                {line}
                <span aria-hidden="true">:</span>
                <span className="unseen"> column </span>
                {column}
                {path === '' ? null : <span className={style.path}> {path}</span>}
              </span>
              <span>{message}</span>
              {mend === undefined ? null : <span className={style.mend}>{mend}</span>}
            </button>
          </li>
        );
      })}
    </ol>
  );
}
