import {
  writeJoined,
  writeOwnerChanged,
  writeRemoved,
  writeRoleChanged,
  writeWelcome,
} from "../../../src/tenancy/mail-texts.ts";
import { organization, sample } from "../sample.ts";

const about = { organization };
const chidi = { name: "Chidi Okafor" };

export const samples = [
  sample("A person has joined", writeWelcome, about, "viewer"),
  sample("An admin has let somebody in", writeJoined, about, { ...chidi, role: "member" }),
  sample("A member was removed", writeRemoved, about),
  sample("A role has changed", writeRoleChanged, about, { from: "viewer", role: "admin" }),
  sample("A member was made an owner", writeRoleChanged, about, { from: "admin", role: "owner" }),
  sample("An owner is one no longer", writeRoleChanged, about, { from: "owner", role: "member" }),
  sample(
    "An owner has made another one",
    writeOwnerChanged,
    { ...about, role: "owner" },
    { ...chidi, role: "owner" },
  ),
  sample(
    "An owner has handed the organization over",
    writeOwnerChanged,
    { ...about, role: "admin" },
    { ...chidi, role: "owner" },
  ),
  sample(
    "An owner has taken that from another one",
    writeOwnerChanged,
    { ...about, role: "owner" },
    { ...chidi, role: "admin" },
  ),
];
