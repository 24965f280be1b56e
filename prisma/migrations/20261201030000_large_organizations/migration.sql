-- PostgreSQL joins the policies of a table with OR. It took two equal conditions on organization_id (the statement's and the
-- policy's) for independent ones, expected a single row, and so read and sorted all rows of an organization for a page of
-- twenty: 360 ms with 30,000 members. It cannot look inside coalesce(), expects half of the rows to pass, and reads them in
-- the order of an index: 0.1 ms. Statements in the scope of a user have the condition themselves, and an index for it.
ALTER POLICY of_current_user ON memberships
  USING (coalesce(user_id = (SELECT current_user_id()), false));
ALTER POLICY of_current_user ON join_requests
  USING (coalesce(user_id = (SELECT current_user_id()), false));
ALTER POLICY of_current_user ON hugging_face_memberships
  USING (coalesce(user_id = (SELECT current_user_id()), false));
ALTER POLICY to_current_user ON invitations
  USING (coalesce(
    email = ANY (ARRAY(SELECT proven_emails(current_user_id())))
      OR handle = ANY (ARRAY(
           SELECT lower(i.handle COLLATE "C") FROM identities i
            WHERE i.user_id = current_user_id() AND i.provider = 'huggingface')),
    false));
