import { approveRequest, refuseRequest } from "../../src/join-requests/join-request.ts";
import type { Decide, Prepare, Ways, World } from "../memberships/decisions-world.ts";
import { askToJoin, openOrigin } from "../support/join-requests.ts";

const byRequest: Prepare = async (world) => {
  const { application, organization, actor, ada } = world;
  await askToJoin(application, organization, ada.person);
  const [request] = await application.query<{ id: string }>(
    "select id from join_requests where user_id = $1 order by id desc limit 1",
    [ada.person.id],
  );
  await application.query("update join_requests set role = 'admin' where id = $1", [request?.id]);
  return () => approveRequest(application.database, actor, { id: request?.id ?? "" }, [openOrigin]);
};

/** As {@link byRequest}, for her present account. */
const byNewRequest: Prepare = (world) =>
  Promise.resolve(async (as) => (await byRequest({ ...world, ada: as }))(as));

const refuse: Decide = async ({ application, actor, organization, ada }: World) => {
  const id = await askToJoin(application, organization, ada.person);
  await refuseRequest(application.database, actor, { id });
};

export const joinRequestWays: Ways = {
  older: { "a request to join, approved afterwards": byRequest },
  newer: { "a request to join, approved": byNewRequest },
  decisions: { refused: refuse },
};
