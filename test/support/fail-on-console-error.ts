import { afterEach, beforeEach, expect, vi } from "vitest";

// Libraries complain on the console. A test that provokes that must spy on the console itself.
beforeEach(() => {
  vi.spyOn(console, "error");
  vi.spyOn(console, "warn");
});

afterEach(() => {
  // oxlint-disable-next-line vitest/no-standalone-expect -- it belongs to every test
  expect([...vi.mocked(console.error).mock.calls, ...vi.mocked(console.warn).mock.calls]).toEqual(
    [],
  );
});
