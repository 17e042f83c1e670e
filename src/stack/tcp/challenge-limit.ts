// How many empty segments that do not fit are answered: two sides that do not understand each other must not send each
// other acknowledgments for ever. Reading list: RFC 5961 §7.

import { SECOND, type Time } from '../../base/time.js';

/** RFC 5961 §7: ten in 5 s. */
const ANSWERS = 10;
const PERIOD: Time = 5 * SECOND;

export class ChallengeLimit {
  private answers = 0;
  private since: Time = 0;

  /** May one more be answered now? */
  take(now: Time): boolean {
    if (now - this.since >= PERIOD) {
      this.since = now;
      this.answers = 0;
    }
    this.answers++;
    return this.answers <= ANSWERS;
  }
}
