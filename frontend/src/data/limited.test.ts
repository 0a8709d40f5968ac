import { expect, test } from "vitest";
import { limited } from "./limited";

test("never more at once than allowed, all of it in the end", async () => {
  const run = limited(2);
  let now = 0;
  let most = 0;
  const work = async (value: number) => {
    now += 1;
    most = Math.max(most, now);
    await Promise.resolve();
    now -= 1;
    return value;
  };
  const answers = await Promise.all([1, 2, 3, 4, 5].map((value) => run(() => work(value))));
  expect(answers).toEqual([1, 2, 3, 4, 5]);
  expect(most).toBe(2);
});

test("what fails or is aborted gives its place to the next", async () => {
  const run = limited(1);
  const abort = new AbortController();
  const first = run(() => Promise.reject(new Error("no")));
  const second = run(() => Promise.resolve("begun"), abort.signal);
  const third = run(() => Promise.resolve("third"));
  abort.abort();
  await expect(first).rejects.toThrow("no");
  await expect(second).rejects.toThrow();
  await expect(third).resolves.toBe("third");
});
