/**
 * Returns a function that gives the milliseconds since this call, by whichever of two clocks has advanced further: the
 * monotonic one may stand still while the computer sleeps, and the wall clock may be set back.
 */
export function stopwatch(): () => number {
  const [wall, steady] = [Date.now(), performance.now()];
  return () => Math.max(Date.now() - wall, performance.now() - steady);
}
