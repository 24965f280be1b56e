import { routesFor } from "../http/route.ts";
import type { Actors } from "./actor.ts";

/** Declares a route of this application: see {@link Actors} for what `access` may say. */
export const route = routesFor<Actors>();
