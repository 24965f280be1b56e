import type { Agent } from "../support/application.ts";
import type { World } from "./world.ts";

type Place = Pick<World, "path" | "api">;

/** Two surfaces for the same acts: a page's form, and JSON. */
export const surfaces = [
  {
    surface: "a form",
    done: 303,
    changeRole: (agent: Agent, { path }: Place, userId: string, fields: object) =>
      agent.post(`${path}/members/${userId}/role`).accept("json").type("form").send(fields),
    remove: (agent: Agent, { path }: Place, userId: string) =>
      agent.post(`${path}/members/${userId}/removal`).accept("json"),
    suspend: (agent: Agent, { path }: Place, userId: string) =>
      agent.post(`${path}/members/${userId}/suspension`).accept("json"),
    reinstate: (agent: Agent, { path }: Place, userId: string) =>
      agent.post(`${path}/members/${userId}/reinstatement`).accept("json"),
  },
  {
    surface: "JSON",
    done: 204,
    changeRole: (agent: Agent, { api }: Place, userId: string, fields: object) =>
      agent.put(`${api}/members/${userId}/role`).accept("json").send(fields),
    remove: (agent: Agent, { api }: Place, userId: string) =>
      agent.delete(`${api}/members/${userId}`).accept("json"),
    suspend: (agent: Agent, { api }: Place, userId: string) =>
      agent.put(`${api}/members/${userId}/suspension`).accept("json"),
    reinstate: (agent: Agent, { api }: Place, userId: string) =>
      agent.delete(`${api}/members/${userId}/suspension`).accept("json"),
  },
] as const;

export type Surface = (typeof surfaces)[number];

/** Every act on a member, on one of the two surfaces. */
export const listActs = ({ changeRole, remove, suspend, reinstate }: Surface) => [
  (agent: Agent, place: Place, userId: string) =>
    changeRole(agent, place, userId, { role: "viewer" }),
  suspend,
  reinstate,
  remove,
];
