import { describe, expect, it } from "vitest";

import { assembleCast, prepareFor } from "../isolation/cast.ts";
import { sampleRequest, send } from "../isolation/sample-request.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();

/** Characters that no page and no document may contain: they turn, break or hide the text around them. */
const hidden =
  /[^\P{Cc}\t\n\r]|[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\u3164\ufeff]/u;

describe("AP04 a name from before names were cleaned", () => {
  it("is shown clean by every page and API, and an invisible name gets a replacement", async () => {
    const cast = await assembleCast(application);
    const { organization } = cast;
    const invisible = await application.createPerson("\u3164\u202e");
    await application.addMember(organization, invisible, "member");
    const wrong: string[] = [];
    let looked = 0;
    let named = 0;
    for (const each of application.routes) {
      if (each.method !== "GET" || each.hasEffects) continue;
      const request = await sampleRequest(application, each, cast);
      await prepareFor(application, each, cast);
      await application.query(
        "update users set name = $1 where issuer <> 'x' and id <> $2 and name not like '%Evil%'",
        ["\u202eEvil\u2066\u200b\r\n\u0007 Name", invisible.id],
      );
      for (const type of ["html", "json"]) {
        const answer = await send(cast.agents.owner, each, request).accept(type);
        if (answer.status >= 300 || answer.type.startsWith("image/")) continue;
        looked += 1;
        const found = hidden.exec(answer.text.replace(/^\ufeff/, ""))?.index;
        if (found !== undefined)
          wrong.push(`${each.path} ${type}: ${answer.text.slice(found - 60, found + 20)}`);
        if (answer.text.includes("Evil Name")) named += 1;
      }
    }
    expect(wrong).toEqual([]);
    expect(looked).toBeGreaterThan(20);
    expect(named).toBeGreaterThan(5);
    const members = await cast.agents.owner.get(`/o/${organization.slug}/members`);
    expect(members.text).toContain("Unnamed person");
  });
});
