-- An account that is deleted leaves its marks on every decision against it, with the addresses that it has proven since.
-- Its transaction sees the decisions about one person, in any organization, once `app.user_id` names that person.
CREATE POLICY read_own ON "membership_decisions" FOR SELECT
  USING (user_id = (SELECT current_user_id()));
CREATE POLICY mark_own ON "membership_decisions" FOR UPDATE
  USING (user_id = (SELECT current_user_id()))
  WITH CHECK (user_id = (SELECT current_user_id()));
