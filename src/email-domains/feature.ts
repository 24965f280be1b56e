import type { Logger } from "pino";

import type { Feature, PageContext } from "../tenancy/feature.ts";
import { findJoinOptionsByAddress } from "./join-options.ts";
import { emailDomainOrigin } from "./join-origin.ts";
import { joinAfterSignIn } from "./joining.ts";
import { emailDomainPages } from "./pages.tsx";
import { createTxtResolver, type ResolveTxt } from "./txt-record.ts";
import { verifiedDomains } from "./way-to-join.ts";

type Context = PageContext & { logger: Pick<Logger, "info" | "warn">; resolveTxt?: ResolveTxt };

export const emailDomains: Feature<Context> = {
  joinOrigins: [emailDomainOrigin],
  build: (context) => ({
    joinOptions: findJoinOptionsByAddress(context.database),
    waysToJoin: [verifiedDomains],
    beforeFirstPage: joinAfterSignIn(context),
    routes: () => emailDomainPages(context, context.resolveTxt ?? createTxtResolver()),
  }),
};
