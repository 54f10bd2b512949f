/** Seconds to wait before the n-th try (from 0) to reach the server again. Pure. */
const DELAYS = [2, 4, 8, 30];

export const backoff = (attempt) => DELAYS[Math.min(attempt, DELAYS.length - 1)];
