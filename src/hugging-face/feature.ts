import type { Logger } from "pino";

import type { SessionLimits } from "../sessions/sessions.ts";
import type { Feature, PageContext } from "../tenancy/feature.ts";
import { authorizationPages } from "./authorization-pages.tsx";
import { createConfirmations } from "./confirmation.ts";
import { followHuggingFace } from "./following.ts";
import { findHuggingFaceJoinOptions } from "./join-options.ts";
import { huggingFaceOrigin } from "./join-origin.ts";
import { followMembers, type HuggingFaceJobContext } from "./members-job.ts";
import { createHuggingFaceOAuth } from "./oauth.ts";
import { huggingFacePages } from "./pages.tsx";
import { connectedOrganizations } from "./way-to-join.ts";

type Context = PageContext & {
  config: {
    baseUrl: string;
    sessions: SessionLimits & { secrets: readonly string[] };
    huggingFace: { endpoint: string; client: { id: string; secret: string } | null };
  };
  logger: Logger;
};

export const huggingFace: Feature<Context, HuggingFaceJobContext> = {
  jobs: [followMembers],
  joinOrigins: [huggingFaceOrigin],
  build(context) {
    const { database, logger } = context;
    const { baseUrl: origin, sessions: sessionLimits } = context.config;
    const { endpoint, client } = context.config.huggingFace;
    const { secrets } = sessionLimits;
    /** Null if this installation is no OAuth application at Hugging Face. */
    const oauth = client && createHuggingFaceOAuth({ endpoint, client, baseUrl: origin, logger });
    const confirmations = oauth && createConfirmations({ database, oauth, sessionLimits, origin });
    return {
      joinOptions: findHuggingFaceJoinOptions(database, { canAsk: client !== null }),
      waysToJoin: [connectedOrganizations],
      beforeFirstPage: followHuggingFace(database),
      ...(confirmations && { confirmSignIn: confirmations.confirmSignIn }),
      formTargets: client ? [endpoint] : [],
      routes: ({ finishSignIn }) => [
        ...huggingFacePages(context, { confirmations, secrets }),
        ...authorizationPages(context, { oauth, confirmations, finishSignIn, secrets, origin }),
      ],
    };
  },
};
