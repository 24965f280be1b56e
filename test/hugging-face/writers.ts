import { followHuggingFace } from "../../src/hugging-face/following.ts";
import type { Writers, WritersKit } from "../database/writers-world.ts";
import { connectHuggingFace, linkHuggingFace, placeAt } from "../support/hugging-face.ts";

const request = { id: "request-1", ip: "192.0.2.1", userAgent: "test" };

export async function huggingFaceWriters(kit: WritersKit): Promise<Writers> {
  const { application, database, others, organizations, any } = kit;
  const subject = await connectHuggingFace(application, any(organizations));
  return {
    async followHuggingFace() {
      const person = any(others);
      await linkHuggingFace(application, person, any([[placeAt(subject)], []]));
      await followHuggingFace(database)(person, request);
    },
  };
}
