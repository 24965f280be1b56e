import type { ComponentChildren } from "preact";
import { Form, TextField } from "../pages/form.tsx";
import { Fault, renderPage } from "../pages/layout.tsx";
import type { User } from "../people/users.ts";

/** The parts of a page with a form. */
export type Frame = { action: string; formToken: string; fault?: string | undefined };

type Page = {
  title: string;
  frame: Frame;
  description: string;
  button: string;
  children: ComponentChildren;
  below?: ComponentChildren;
};

function renderTask({ title, frame, description, button, children, below }: Page): string {
  const { fault, ...form } = frame;
  return renderPage({
    title,
    children: (
      <>
        <p>{description}</p>
        <Fault message={fault} />
        <Form {...form} button={button}>
          {children}
        </Form>
        {below}
      </>
    ),
  });
}

function renderText(title: string, text: string): string {
  return renderPage({ title, children: <p>{text}</p> });
}

export const renderNotFoundPage = () => renderText("Page not found", "This page is not available.");

export const renderNotAllowedPage = () =>
  renderText(
    "Something went wrong",
    "You do not have permission to access this feature. Please contact your administrator for assistance.",
  );

export const renderUnknownConnectorPage = () =>
  renderText(
    "Something went wrong",
    "This social sign-in method is not enabled. Please contact your administrator for assistance.",
  );

export const renderNoMethodPage = () =>
  renderText(
    "No verification methods available",
    "You don't have any verification methods set up. Please add a password, email, or phone number to your account first.",
  );

export const renderFaultPage = (fault: string) =>
  renderPage({ title: "Something went wrong", children: <Fault message={fault} /> });

/** @param returnTo where "Done" leads; none where the page was opened without it */
export function renderDonePage(returnTo: string | undefined): string {
  return renderPage({
    title: "Update successful",
    children: (
      <>
        <p>Your changes have been saved successfully.</p>
        {returnTo && <a href={returnTo}>Done</a>}
      </>
    ),
  });
}

/** Asks a person who they are: by their password, by a code to their own address, or by either. */
export function renderProofPage(
  frame: Frame,
  user: Pick<User, "primaryEmail" | "passwordDigest">,
  isSent: boolean,
): string {
  const { fault, ...form } = frame;
  const { primaryEmail, passwordDigest } = user;
  return renderPage({
    title: "Security verification",
    children: (
      <>
        <p>
          Verify it&#39;s you to protect your account security. Please select the method to verify
          your identity.
        </p>
        <Fault message={fault} />
        {passwordDigest !== null && !isSent && (
          <Form {...form} button="Verify your password">
            <TextField
              name="password"
              label="Password"
              type="password"
              autocomplete="current-password"
            />
          </Form>
        )}
        {isSent && (
          <Form {...form} button="Continue">
            <p>The verification code has been sent to your email {primaryEmail}.</p>
            <TextField name="proofCode" label="Verification code" autocomplete="one-time-code" />
          </Form>
        )}
        {primaryEmail !== null && (
          <>
            <p class="below">Email verification code</p>
            <Form {...form} button="Send verification code to your email" isSecond>
              <input type="hidden" name="sendProof" value="yes" />
            </Form>
          </>
        )}
      </>
    ),
  });
}

export const renderUsernamePage = (frame: Frame, value: string) =>
  renderTask({
    title: "Set username",
    frame,
    description: "Username must contain only letters, numbers, and underscores.",
    button: "Save",
    children: <TextField name="username" label="Username" value={value} />,
  });

export const renderEmailPage = (frame: Frame, value: string) =>
  renderTask({
    title: "Link email",
    frame,
    description: "Link your email to sign in or help with account recovery.",
    button: "Send verification code",
    children: <TextField name="email" label="Email address" type="email" value={value} />,
  });

export function renderCodePage(frame: Frame, email: string): string {
  const { fault: _shown, ...form } = frame;
  return renderTask({
    title: "Enter email verification code",
    frame,
    description: `The verification code has been sent to your email ${email}.`,
    button: "Continue",
    children: <TextField name="code" label="Verification code" autocomplete="one-time-code" />,
    below: (
      <>
        <p class="below">Not received yet?</p>
        <Form {...form} button="Resend" isSecond>
          <input type="hidden" name="email" value={email} />
        </Form>
      </>
    ),
  });
}

export function renderPasswordPage(frame: Frame): string {
  const field = { type: "password", autocomplete: "new-password" } as const;
  return renderTask({
    title: "Set password",
    frame,
    description: "Create a new password to secure your account.",
    button: "Save password",
    children: (
      <>
        <p>Password requires a minimum of 8 characters.</p>
        <TextField name="newPassword" label="Password" {...field} />
        <TextField name="confirmPassword" label="Confirm password" {...field} />
      </>
    ),
  });
}

export const renderAuthenticatorPage = (frame: Frame, secret: string) =>
  renderTask({
    title: "Add authenticator app",
    frame,
    // Logto's page has a code to scan, and the secret behind a button.
    description: "Step 1: Type this secret into your authenticator app.",
    button: "Continue",
    children: (
      <>
        <p>
          <code>{secret}</code>
        </p>
        <p>Step 2: Enter the one-time code</p>
        <p class="quiet">Enter the 6-digit verification code generated by the authenticator app.</p>
        <TextField name="code" label="Code" autocomplete="one-time-code" />
      </>
    ),
  });

export const renderRemovalPage = (frame: Frame) =>
  renderTask({
    title: "Remove authenticator app",
    frame,
    description: "Sign-in no longer asks for its code.",
    button: "Remove",
    children: null,
  });

/** The page of name and picture, and how they are called in its catalogue. */
export const renderProfilePage = (frame: Frame, { name, avatar }: Pick<User, "name" | "avatar">) =>
  renderTask({
    title: "Profile",
    frame,
    description: "Change your name and picture here.",
    button: "Save",
    children: (
      <>
        <TextField name="name" label="Name" value={name ?? ""} required={false} />
        <TextField name="avatar" label="Picture" type="url" value={avatar ?? ""} required={false} />
      </>
    ),
  });
