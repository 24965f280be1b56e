import { expect, it } from "vitest";

import { useApplication } from "../support/application.ts";
import { openJoiningPage } from "../support/joining-page.ts";
import { connectWorld } from "./world.ts";

const application = useApplication();

it("the page of all ways to join shows the connections, their roles and last use, and disconnects one", async () => {
  const world = await connectWorld(application, {
    mode: "automatic",
    adminRole: "member",
    readRole: null,
  });
  const { organization, owner, subject } = world;
  const agent = await application.signInAs(owner);
  const read = () => openJoiningPage(agent, organization);
  expect((await read()).cards["Hugging Face"]).toMatch(
    /Orbital Works \(@orbital-works\) Member Its members there join when they sign in\. .* no use recorded/,
  );
  await world.join(await world.createWorker());
  const { cards, close } = await read();
  expect(cards["Hugging Face"]).toContain("last used on");
  expect(await close(subject)).toContain("Nobody can join this way now.");
});
