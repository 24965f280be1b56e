import type { HookEvent, HookPayload } from "./events.ts";

/** The made-up event that `POST /api/hooks/{id}/test` sends: nobody in it exists. */
export function createTestPayload(event: HookEvent): HookPayload {
  const now = new Date();
  const common = { event, createdAt: now.toISOString(), userAgent: "fake-user-agent" };
  if (!event.startsWith("Post")) {
    return {
      ...common,
      path: "/fake-path/:id",
      method: "POST",
      status: 200,
      params: { id: "fake-id" },
      data: { result: "success" },
    };
  }
  const time = now.getTime();
  return {
    ...common,
    sessionId: "fake-session-id",
    userIp: "fake-user-ip",
    userId: "fake-id",
    user: {
      id: "fake-id",
      username: "fake-user",
      primaryEmail: "fake-user@fake-service.com",
      primaryPhone: "1234567890",
      name: "Fake User",
      avatar: "https://fake-service.com/avatars/fake-user.png",
      customData: { theme: "light" },
      identities: { google: { userId: "fake-google-user-id" } },
      profile: {},
      applicationId: "fake-application-id",
      cimdClientId: null,
      isSuspended: false,
      lastSignInAt: time,
      createdAt: time,
      updatedAt: time,
    },
    application: {
      id: "fake-spa-application-id",
      type: "SPA",
      name: "Fake Application",
      description: "Fake application data for testing",
    },
  };
}
