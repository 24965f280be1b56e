-- Pages ask whether an organization has another active owner; an organization may have many members.
CREATE INDEX memberships_owners ON memberships (organization_id) WHERE role = 'owner' AND suspended_at IS NULL;
