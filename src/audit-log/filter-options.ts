/** The choices of the filters. */
export type FilterOptions = {
  actions: string[];
  /** The people who did something, by name. */
  actors: { id: string; name: string | null; isDeleted: boolean }[];
  /** Whether the application itself did something. */
  hasOwn: boolean;
};

/** The number of people that the filter offers; an entry of any other person links to their events. */
const offeredActors = 100;

export const noFilterOptions: FilterOptions = { actions: [], actors: [], hasOwn: false };

/**
 * Writes the query for the actions that occurred in the current organization, and for the people who acted: one row.
 *
 * Each step of the recursion jumps to the next value in an index ("loose index scan"), so the cost depends on the number of
 * different values and not on the number of events.
 *
 * @param chosen the number of the parameter with a person who is always offered if they did something here
 */
export const selectFilterOptions = (chosen: number): string => `
    with recursive
      seen_actions as (
        (select action from audit_events where organization_id = current_organization_id() order by action limit 1)
        union all
        select (select e.action from audit_events e
                 where e.organization_id = current_organization_id() and e.action > s.action order by e.action limit 1)
          from seen_actions s where s.action is not null),
      seen_actors as (
        (select actor_id from audit_events
          where organization_id = current_organization_id() and actor_id is not null order by actor_id limit 1)
        union all
        select (select e.actor_id from audit_events e
                 where e.organization_id = current_organization_id() and e.actor_id > s.actor_id order by e.actor_id limit 1)
          from seen_actors s where s.actor_id is not null),
      offered as (
        select u.id, coalesce(u.name, u.username, u.proven_email, u.email || ' (not verified)') as name, u.deleted_at is not null as "isDeleted"
          from users u
         where u.deleted_at is null
           and u.id in (select actor_id from seen_actors limit ${offeredActors})
            or u.id = (select actor_id from audit_events
                        where organization_id = current_organization_id() and actor_id = $${chosen}::uuid limit 1))
      select coalesce((select json_agg(action order by action) from seen_actions
                        where action is not null), '[]') as actions,
             coalesce((select json_agg(offered order by name, id) from offered), '[]') as actors,
             exists(select from audit_events where organization_id = current_organization_id() and actor_id is null) as "hasOwn"`;
