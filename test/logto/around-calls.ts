import type { ManagementApi } from "../../src/logto/client/management-api.ts";

/** A Management API whose every call goes through `around`: something happens before it, after it, or instead of it. */
export const aroundCalls = (
  api: ManagementApi,
  around: <T>(call: () => Promise<T>) => Promise<T>,
): ManagementApi => ({
  issuer: api.issuer,
  read: (schema, call) => around(() => api.read(schema, call)),
  find: (schema, call) => around(() => api.find(schema, call)),
  remove: (call) => around(() => api.remove(call)),
  send: (call) => around(() => api.send(call)),
  list: (schema, call) => around(() => api.list(schema, call)),
});
