import type { Schemas } from "../../../api/client";
import { FIRST_CHUNK, nextChunk, nextSpeed, pauseAfter, verdictOf } from "./plan";

export type Upload = Schemas["Upload"];

/** What a transfer asks of the world; tests give their own. */
export interface TransferIo {
  send: (offset: number, chunk: Blob, signal: AbortSignal) => Promise<Upload>;
  ask: (signal: AbortSignal) => Promise<Upload>;
  /** Ends early when the line is back; throws when the signal does. */
  wait: (seconds: number, signal: AbortSignal) => Promise<void>;
  /** Seconds on a clock. */
  now: () => number;
}

export interface TransferNews {
  received: number;
  speed: number | null;
  /** Why it waits; null: it does not. */
  trouble: unknown;
}

/**
 * Sends a file from where the server has it until it is whole. A lost line is waited for, without end; whatever the
 * server refuses for good is thrown.
 */
export async function transfer(
  file: Blob,
  begin: number,
  io: TransferIo,
  signal: AbortSignal,
  tell: (news: TransferNews) => void,
): Promise<Upload> {
  let received = begin;
  let chunk = FIRST_CHUNK;
  let speed: number | null = null;
  let failures = 0;
  for (;;) {
    try {
      if (failures > 0) {
        const known = await io.ask(signal);
        if (known.state !== "open") return known;
        received = known.received;
      }
      while (received < file.size) {
        const began = io.now();
        const known = await io.send(received, file.slice(received, received + chunk), signal);
        const sent = known.received - received;
        const seconds = io.now() - began;
        received = known.received;
        speed = nextSpeed(speed, sent, seconds);
        chunk = nextChunk(chunk, seconds);
        failures = 0;
        tell({ received, speed, trouble: null });
        if (known.state !== "open") return known;
      }
      return await io.ask(signal);
    } catch (error) {
      signal.throwIfAborted();
      const verdict = verdictOf(error);
      if (verdict.kind === "stop") throw error;
      if (verdict.kind === "goOn" && verdict.received !== received) {
        received = verdict.received;
        tell({ received, speed, trouble: null });
        continue;
      }
      failures += 1;
      speed = null;
      tell({ received, speed, trouble: error });
      await io.wait(pauseAfter(failures), signal);
    }
  }
}
