import { roles } from "../access/roles.ts";
import type { JoinMode } from "../database/generated/client.ts";
import type { WayToJoin } from "../tenancy/way-to-join.ts";
import { fieldOf, type Rules } from "./rules.ts";

const howTheyJoin: Record<JoinMode, string> = {
  request: "Its members there can ask to join; an admin decides.",
  offer: "Its members there can join.",
  automatic: "Its members there join when they sign in.",
};

/** Connected organizations: their members at Hugging Face can join. */
export const connectedOrganizations: WayToJoin<Rules & { name: string; handle: string }> = {
  title: "Hugging Face",
  text: "People who work in a connected Hugging Face organization can join.",
  permission: "hugging-face:update",
  page: { path: "/hugging-face", label: "Manage Hugging Face" },
  open: `
    select subject as id, connecter_id as opener_id, created_at as opened_at, last_used_at,
           jsonb_build_object('name', name, 'handle', handle, 'mode', mode, 'adminRole', admin_role,
                              'writeRole', write_role, 'contributorRole', contributor_role,
                              'readRole', read_role) as facts
      from hugging_face_connections
     where organization_id = current_organization_id()
     order by created_at desc, subject`,
  describe({ name, handle, mode, ...rules }, subject) {
    const given = new Set(Object.values(fieldOf).map((field) => rules[field]));
    return {
      title: `${name} (@${handle})`,
      roles: roles.filter((role) => given.has(role)),
      text: howTheyJoin[mode],
      closing: {
        path: `hugging-face/${subject}/removal`,
        label: "Disconnect",
        text: "Nobody can join through it any more. People who have joined keep their role, and no longer follow Hugging Face.",
      },
    };
  },
};
