import { hidePasswords } from "../runtime/describe-error.ts";

/** A line of a stack trace. */
type Frame = { text: string; isOurs: boolean };

/** An error as the developer sees it. */
export type Fault = { name: string; message: string; frames: Frame[] };

/** How many causes of causes are shown. */
const deepest = 5;

/**
 * Describes an error and its causes by message and stack only: other properties may hold the headers of a request.
 *
 * @param thrown anything
 * @param root the folder of the application, as the frames name it
 */
export function describeFaults(thrown: unknown, root: string): Fault[] {
  const faults: Fault[] = [];
  let present = thrown;
  while (faults.length < deepest && present !== undefined && present !== null) {
    if (!(present instanceof Error)) {
      const message = typeof present === "string" ? present : `a value of type ${typeof present}`;
      return [...faults, { name: "Thrown", message: hidePasswords(message), frames: [] }];
    }
    const { name, message, stack = "" } = present;
    faults.push({ name, message: hidePasswords(message), frames: readFrames(stack, root) });
    present = present.cause;
  }
  return faults;
}

/** Puts the frames of the application first. */
function readFrames(stack: string, root: string): Frame[] {
  const lines = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const frames = lines.map((line) => {
    const text = line.trim().replace("file://", "").replace(`${root}/`, "");
    return { text: hidePasswords(text), isOurs: /[ (](src|dev)\//.test(text) };
  });
  return [...frames.filter(({ isOurs }) => isOurs), ...frames.filter(({ isOurs }) => !isOurs)];
}
