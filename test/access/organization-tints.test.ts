import { describe, expect, it } from "vitest";
import { v7 as createId } from "uuid";

import { giveTints, tintCount, tintOf } from "../../src/access/organization-tints.ts";

const make = (count: number) => Array.from({ length: count }, () => ({ id: createId() }));
const tintsOf = (organizations: readonly { id: string }[]) =>
  giveTints(organizations).map(({ tint }) => tint);

describe("giveTints", () => {
  it("gives no two organizations of a person the same colour while there are enough", () => {
    for (let time = 0; time < 50; time += 1) {
      expect(new Set(tintsOf(make(tintCount))).size).toBe(tintCount);
    }
  });

  it("leaves the colours as they are when an organization is added, whatever the order of the list", () => {
    const [first, ...others] = make(tintCount - 1);
    const before = tintsOf([...(first ? [first] : []), ...others]);
    const after = tintsOf([...make(1), ...others.toReversed(), ...(first ? [first] : [])]);
    expect(after.slice(1).toReversed()).toEqual([before[0], ...before.slice(1)]);
  });

  it("repeats colours beyond that, each the one that its id says", () => {
    const many = make(40);
    expect(tintsOf(many).slice(tintCount)).toEqual(
      many.slice(tintCount).map(({ id }) => tintOf(id)),
    );
  });
});
