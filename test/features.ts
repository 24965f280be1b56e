import { auditLogTests } from "./audit-log/gallery.tsx";
import { emailDomainTests } from "./email-domains/feature.ts";
import { huggingFaceTests } from "./hugging-face/feature.ts";
import { invitationTests } from "./invitations/feature.ts";
import { joinRequestTests } from "./join-requests/feature.ts";
import { liveTests } from "./live/feature.ts";
import type { FeatureTests } from "./support/feature-tests.ts";
import { projectGallery } from "./views/project-gallery.tsx";

/** The parts that each removable feature adds to the tests that go over all features. */
export const featureTests: readonly FeatureTests[] = [
  { gallery: projectGallery },
  invitationTests,
  emailDomainTests,
  huggingFaceTests,
  joinRequestTests,
  auditLogTests,
  liveTests,
];
