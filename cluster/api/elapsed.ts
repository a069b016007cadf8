/**
 * Milliseconds since the call, by the clock that has gone further: the steady one may stand still while a computer
 * sleeps, and the other one may be set back.
 */
export function stopwatch(): () => number {
  const [wall, steady] = [Date.now(), performance.now()];
  return () => Math.max(Date.now() - wall, performance.now() - steady);
}
