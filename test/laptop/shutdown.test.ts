import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { ServiceGroup } from "../../dev/run/shutdown.ts";

test("services stop in reverse order, also one that is still starting", async () => {
  const group = new ServiceGroup();
  const { stopped, service } = watch();
  await group.own("first", Promise.resolve(service("first")));
  const starting = group.own(
    "second",
    sleep(20).then(() => service("second")),
  );
  const outcome = starting.catch(String);
  await group.stop();
  expect(stopped).toEqual(["second", "first"]);
  expect(await outcome).toBe("Error: stopped");
});

test("a service that is started for a stopped group is stopped, too", async () => {
  const group = new ServiceGroup();
  const { stopped, service } = watch();
  await group.stop();
  await expect(group.own("late", Promise.resolve(service("late")))).rejects.toThrow("stopped");
  expect(stopped).toEqual(["late"]);
});

function watch() {
  const stopped: string[] = [];
  const service = (name: string) => ({
    stop: () => Promise.resolve(void stopped.push(name)),
  });
  return { stopped, service };
}
