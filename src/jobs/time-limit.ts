/** Milliseconds. A worker that needs ten times that is taken for dead (releaseAbandonedJobs). */
export const defaultLimit = 60_000;

/** Fails work that takes too long, so that it does not occupy its worker forever. */
export async function limitTime<T>(work: Promise<T>, milliseconds = defaultLimit): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("The job took too long.")), milliseconds);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
