import type { FeatureTests } from "../support/feature-tests.ts";
import { huggingFaceGallery } from "./gallery.tsx";
import { openWayIn, sealChoice } from "./samples.ts";
import { huggingFaceWays } from "./ways.ts";
import { huggingFaceWriters } from "./writers.ts";

export const huggingFaceTests: FeatureTests = {
  gallery: huggingFaceGallery,
  ways: huggingFaceWays,
  writers: huggingFaceWriters,
  params: {
    subject: (application, place) => (place.guest ? openWayIn(application, place) : null),
  },
  fields: { choice: sealChoice },
  tenancyRules: {
    "policy hugging_face_connections.of_current_user":
      "to read only: those of the Hugging Face organizations one works in",
    "policy hugging_face_memberships.of_current_user": "to read only: one's own",
  },
  citusRules: {
    "policy hugging_face_connections.of_current_user": "goes: a look-up table by subject",
    "policy hugging_face_memberships.of_current_user":
      "goes: read in each organization of a person",
  },
  withoutEvent: {
    "POST /o/:slug/hugging-face/authorization":
      "sends the browser to Hugging Face, and changes nothing",
  },
};
