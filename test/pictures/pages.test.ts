import { describe, expect, it } from "vitest";

import { samplePicture } from "../isolation/sample-request.ts";
import { useApplication } from "../support/application.ts";

const application = useApplication();

/** A picture of an organization at a path. */
async function plant(token: string) {
  const organization = await application.createOrganization(await application.createPerson());
  await application.query("insert into organization_pictures values ($1, sha256($2), $3)", [
    organization.id,
    token,
    samplePicture,
  ]);
  return organization;
}

describe("GET /pictures/:picture", () => {
  it("UP04 shows a picture to everyone who knows its path, also on pages of other sites", async () => {
    await plant("known");
    const answer = await application
      .visitor()
      .get("/pictures/known")
      .set({ "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual(samplePicture);
    expect(answer.headers).toMatchObject({
      "content-type": "image/webp",
      "x-content-type-options": "nosniff",
      "cache-control": "private, max-age=31536000, immutable",
      "cross-origin-resource-policy": "cross-origin",
    });
    expect(answer.headers["set-cookie"]).toBeUndefined();
  });

  it("UP04 knows no other path, and the log has none", async () => {
    const organization = await plant("secret-token");
    for (const path of ["unknown", organization.id, "secret-toke", "", "x".repeat(200), "%00"]) {
      const answer = await application.visitor().get(`/pictures/${path}`);
      expect(answer.status, path).toBe(404);
      expect(answer.headers["cache-control"], path).toBe("no-store");
    }
    await application.visitor().get("/pictures/secret-token").expect(200);
    expect(application.logged()).not.toContain("secret-token");
  });

  it("UP04 is 404 once the organization has been purged", async () => {
    const { id } = await plant("purged");
    await application.query("delete from organizations where id = $1", [id]);
    expect((await application.visitor().get("/pictures/purged")).status).toBe(404);
  });
});
