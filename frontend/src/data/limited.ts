type Limited = <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Runs at most `most` pieces of work at once; what is aborted while it waits is never begun. */
export function limited(most: number): Limited {
  const waiting: (() => void)[] = [];
  let running = 0;

  const next = () => {
    if (running < most) waiting.shift()?.();
  };
  return (work, signal) =>
    new Promise((resolve, reject) => {
      const begin = () => {
        if (signal?.aborted) {
          reject(signal.reason);
          next();
          return;
        }
        running += 1;
        work()
          .then(resolve, reject)
          .finally(() => {
            running -= 1;
            next();
          });
      };
      waiting.push(begin);
      next();
    });
}
