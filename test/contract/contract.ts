import type { Check } from "./check.ts";
import { events } from "./events.ts";
import { machines } from "./machines.ts";
import { members } from "./members.ts";
import { openId } from "./openid.ts";
import { organizations } from "./organizations.ts";
import { provisioning } from "./provisioning.ts";
import { signIns } from "./sign-in.ts";
import { users } from "./users.ts";

/** All that the application relies on in a Logto. */
export const contract: { about: string; checks: Check[] }[] = [
  { about: "OpenID Connect", checks: openId },
  { about: "provisioning", checks: provisioning },
  { about: "organizations", checks: organizations },
  { about: "members", checks: members },
  { about: "machines", checks: machines },
  { about: "users", checks: users },
  { about: "events", checks: events },
  { about: "sign-in", checks: signIns },
];
