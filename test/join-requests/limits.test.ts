import { describe, expect, it } from "vitest";

import { withdrawRequest } from "../../src/join-requests/join-request.ts";
import { requestMails } from "../../src/join-requests/limits.ts";
import { actorIn, attempt } from "../support/acting.ts";
import { giveAddress, linkHuggingFace } from "../support/addresses.ts";
import { useApplication } from "../support/application.ts";
import { findMailFaults, linkingName } from "../support/mail-links.ts";
import { readEvents } from "../support/world.ts";
import { askWith } from "./world.ts";

const application = useApplication();

const ask = askWith(application);

describe("requestToJoin()", () => {
  it("AP18 allows three requests a day to one organization, which are six events in its log", async () => {
    const organization = await application.createOrganization(await application.createPerson());
    const asker = await application.createPerson();
    const outcomes: string[] = [];
    for (let time = 0; time < 10; time += 1) {
      const asked = ask(organization, asker);
      outcomes.push(await attempt(asked));
      const id = await asked.catch(() => null);
      if (id !== null)
        await withdrawRequest(application.database, actorIn(asker, organization), { id });
    }
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(3);
    expect(new Set(outcomes.slice(3))).toEqual(new Set(["request.too_many"]));
    expect(await readEvents(application, organization, "join_request.")).toHaveLength(6);
    // Another person can ask.
    expect(await attempt(ask(organization, await application.createPerson()))).toBe("done");
  });

  it("AP18 allows twenty requests a day in all", async () => {
    const asker = await application.createPerson();
    const host = await application.createPerson();
    const outcomes: string[] = [];
    for (let time = 0; time < 22; time += 1) {
      outcomes.push(await attempt(ask(await application.createOrganization(host), asker)));
    }
    expect(outcomes.filter((outcome) => outcome === "done")).toHaveLength(20);
  });
});

describe("the mail about a request", () => {
  it("AP18 is limited to sixty a day for each person who asks, for all admins together", async () => {
    const owner = await application.createPerson();
    await giveAddress(application, owner);
    const organization = await application.createOrganization(owner);
    for (let count = 0; count < 14; count += 1) {
      const admin = await application.createPerson();
      await giveAddress(application, admin);
      await application.addMember(organization, admin, "admin");
    }
    const asker = await application.createPerson();
    await ask(organization, asker);
    expect(await application.deliverMail()).toHaveLength(15);
    await application.query("update limit_counters set used = 46 where limit_name = $1", [
      requestMails.name,
    ]);
    const other = await application.createOrganization(owner);
    expect(await attempt(ask(other, asker))).toBe("done");
    expect(await application.deliverMail()).toHaveLength(1);
    await application.query("update limit_counters set used = 60 where limit_name = $1", [
      requestMails.name,
    ]);
    const third = await application.createOrganization(owner);
    expect(await attempt(ask(third, asker))).toBe("done");
    expect(await application.deliverMail()).toEqual([]);
  });

  it("CS13 has no link but ours, also if the name of the person contains one", async () => {
    const owner = await application.createPerson();
    await giveAddress(application, owner);
    const organization = await application.createOrganization(owner, linkingName);
    const asker = await application.createPerson(linkingName);
    await giveAddress(application, asker);
    await linkHuggingFace(application, asker, { handle: "www.evil.example" });
    await ask(organization, asker);
    expect(findMailFaults(await application.deliverMail(), application)).toEqual([]);
  });
});
